"""The pages of the register of auditors."""

from django.urls import path

from auditors.registration import views

urlpatterns = [
    path("", views.auditor_list, name="auditor-list"),
    path("enter/", views.auditor_create, name="auditor-create"),
    path("<int:pk>/", views.auditor_detail, name="auditor-detail"),
    path("<int:pk>/correct/", views.auditor_edit, name="auditor-edit"),
    path("<int:pk>/registrations/enter/", views.registration_create, name="registration-create"),
    path("<int:pk>/registrations/<int:registration_pk>/end/", views.registration_end, name="registration-end"),
]
