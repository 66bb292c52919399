"""The pages of this app, room by room."""

from consultancies.organisations.urls import urlpatterns as organisations

app_name = "consultancies"
urlpatterns = [*organisations]
