from django.urls import path

from cpaudit.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.inbox_read, name="inbox-read"),
    path("<int:pk>/", views.notice_open, name="notice-open"),
]
