"""The pages of the statistics."""

from django.urls import path

from audits.statistics import views

urlpatterns = [
    path("statistics/", views.statistics, name="statistics"),
    path("statistics/table.csv", views.statistics_table, name="statistics-table"),
    path("statistics/definitions/", views.statistics_definitions, name="statistics-definitions"),
]
