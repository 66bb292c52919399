from django.urls import path

from cpaudit.imports import views

app_name = "imports"
urlpatterns = [
    path("<int:pk>/runs/<int:run_pk>/", views.run_detail, name="run-detail"),
]
