"""What drf-spectacular cannot know by itself: our serializers refuse fields they do not know."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension


class StrictExtension(OpenApiSerializerExtension):
    """Says `additionalProperties: false` for every strict serializer."""

    target_class = "cpaudit.web.api.StrictMixin"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if schema.get("type") == "object":
            schema["additionalProperties"] = False
        if not type(self.target).__doc__:
            schema.pop("description", None)  # else our base class would describe it
        return schema
