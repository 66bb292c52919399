"""The pages of this app, room by room."""

from audits.workflow.urls import urlpatterns as workflow

app_name = "audits"
urlpatterns = [*workflow]
