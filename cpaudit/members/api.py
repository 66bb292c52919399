"""Who am I, over REST."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cpaudit.accounts.models import ApiToken
from cpaudit.accounts.roles import Permission


class BodySerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    region = serializers.CharField(source="region.code")


class PostingSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    role = serializers.CharField()
    role_label = serializers.CharField(source="get_role_label")
    body = BodySerializer()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class TokenSerializer(serializers.Serializer):
    label = serializers.CharField()
    may_write = serializers.BooleanField()
    expires_at = serializers.DateTimeField()


class MeSerializer(serializers.Serializer):
    """`posting`: the one this call acts in; `permissions`: what its role may do; `token`: null for a session."""

    id = serializers.IntegerField()
    email = serializers.EmailField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    language = serializers.CharField()
    posting = PostingSerializer(allow_null=True)
    permissions = serializers.ListField(child=serializers.ChoiceField(choices=[item.value for item in Permission]))
    postings = PostingSerializer(many=True)
    token = TokenSerializer(allow_null=True)


class Me(APIView):
    @extend_schema(
        operation_id="me",
        summary="Who I am, whom I act for, what I may do",
        responses=MeSerializer,
        tags=["account"],
    )
    def get(self, request: Request) -> Response:
        user, token = request.user, request.auth
        return Response(
            MeSerializer(
                {
                    "id": user.pk,
                    "email": user.email,
                    "name_zh": user.name_zh,
                    "name_en": user.name_en,
                    "language": user.language,
                    "posting": user.posting,
                    "permissions": [permission for permission in Permission if user.may(permission)],
                    "postings": user.current_postings,
                    "token": token if isinstance(token, ApiToken) else None,
                }
            ).data
        )


api_urlpatterns = [path("me/", Me.as_view(), name="api-me")]
