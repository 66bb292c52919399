"""The namespace is `accounts`: that is what these pages are about. The room is named after what it does with them."""

from django.urls import path

from cpaudit.members import views

app_name = "accounts"
urlpatterns = [
    path("account/", views.profile, name="profile"),
    path("account/posting/", views.posting_choose, name="posting-choose"),
    path("account/roles/", views.roles, name="roles"),
    path("account/tokens/", views.token_list, name="token-list"),
    path("account/tokens/new/", views.token_create, name="token-create"),
    path("account/tokens/<int:pk>/revoke/", views.token_revoke, name="token-revoke"),
    path("people/", views.colleagues, name="colleagues"),
    path("people/bodies/", views.body_list, name="body-list"),
    path("people/bodies/<int:pk>/", views.body_people, name="body-people"),
    path("people/bodies/<int:pk>/invite/", views.invitation_create, name="invitation-create"),
    path("people/postings/<int:pk>/end/", views.posting_end, name="posting-end"),
    path("people/invitations/<int:pk>/again/", views.invitation_send_again, name="invitation-send-again"),
    path("people/invitations/<int:pk>/withdraw/", views.invitation_withdraw, name="invitation-withdraw"),
    path("invitation/<int:pk>/<str:key>/", views.invitation_accept, name="invitation-accept"),
]
