"""The pages of the register of organisations."""

from django.urls import path

from consultancies.organisations import views

urlpatterns = [
    path("", views.organisation_list, name="organisation-list"),
    path("enter/", views.organisation_create, name="organisation-create"),
    path("<int:pk>/", views.organisation_detail, name="organisation-detail"),
    path("<int:pk>/correct/", views.organisation_edit, name="organisation-edit"),
]
