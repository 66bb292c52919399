"""The REST addresses, room by room."""

from django.urls import URLPattern, URLResolver

from cpaudit.documents.api import api_urlpatterns as files

urlpatterns: list[URLPattern | URLResolver] = [*files]
