"""The pages of this app, room by room."""

from auditors.registration.urls import urlpatterns as registration

app_name = "auditors"
urlpatterns = [*registration]
