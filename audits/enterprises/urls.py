"""The pages about enterprises."""

from django.urls import path

from audits.enterprises import views

urlpatterns = [
    path("enterprises/", views.enterprise_list, name="enterprise-list"),
    path("enterprises/export.csv", views.enterprise_export, name="enterprise-export"),
    path("enterprises/enter/", views.enterprise_create, name="enterprise-create"),
    path("enterprises/<int:pk>/", views.enterprise_detail, name="enterprise-detail"),
    path("enterprises/<int:pk>/correct/", views.enterprise_edit, name="enterprise-edit"),
    path("enterprises/<int:pk>/figures/", views.figures_choose, name="figures-choose"),
    path("enterprises/<int:pk>/figures/<int:year>/", views.figures_edit, name="figures-edit"),
]
