"""What waits for the caller, over REST."""

from __future__ import annotations

from dataclasses import asdict

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.desk.selectors import waiting_for


class ItemSerializer(serializers.Serializer):
    title = serializers.CharField()
    url = serializers.CharField()
    text = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    state = serializers.CharField()
    state_label = serializers.CharField()


class GroupSerializer(serializers.Serializer):
    """Things of one kind; `count` is all of them, `items` the most urgent."""

    key = serializers.CharField()
    title = serializers.CharField()
    count = serializers.IntegerField()
    items = ItemSerializer(many=True)
    url = serializers.CharField()


class WaitingView(APIView):
    @extend_schema(operation_id="me_waiting", responses=GroupSerializer(many=True))
    def get(self, request: Request) -> Response:
        groups = [asdict(group) for group in waiting_for(request.user, on=timezone.localdate())]
        return Response(GroupSerializer(groups, many=True).data)


api_urlpatterns = [path("me/waiting/", WaitingView.as_view(), name="api-waiting")]
