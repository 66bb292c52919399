"""The pages about compulsory lists; putting an enterprise on one opens its audit and lives with the workflow."""

from django.urls import path

from audits.programme import views

urlpatterns = [
    path("compulsory-list/", views.listing_list, name="listing-list"),
    path("compulsory-list/export.csv", views.listing_export, name="listing-export"),
]
