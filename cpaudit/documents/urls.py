from django.urls import path

from cpaudit.documents import views

app_name = "documents"
urlpatterns = [path("<int:pk>/", views.file_download, name="file-download")]
