"""The pages about compulsory lists and reported programmes.

Putting an enterprise on a list opens its audit and lives with the workflow.
"""

from django.urls import path

from audits.programme import views
from audits.programme.reported import views as reported

urlpatterns = [
    path("compulsory-list/", views.listing_list, name="listing-list"),
    path("compulsory-list/export.csv", views.listing_export, name="listing-export"),
    path("programmes/", reported.programme_list, name="programme-list"),
    path("programmes/enter/", reported.programme_create, name="programme-create"),
    path("programmes/<int:pk>/", reported.programme_detail, name="programme-detail"),
    path("programmes/<int:pk>/correct/", reported.programme_edit, name="programme-edit"),
]
