"""What REST clients send and read of a report. Cleaning only; the services decide."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from audits.reports.models import Filing, Rendering, Signature
from audits.reports.printing import HTML_LANGUAGES
from audits.workflow.serializers import NamesSerializer
from cpaudit.web.api import StrictSerializer
from cpaudit.web.findings import translated


class SignatureSerializer(serializers.ModelSerializer):
    signer = NamesSerializer(source="signer_names")
    holds = serializers.SerializerMethodField()

    class Meta:
        model = Signature
        fields = ("signer", "level", "certificate_no", "content_hash", "at", "holds")

    def get_holds(self, signature: Signature) -> bool:
        """Is it over the content that stands there now?"""
        return bool(signature.content_hash == self.context.get("hash"))


class FindingSerializer(serializers.Serializer):
    rule = serializers.CharField()
    article = serializers.CharField()
    ok = serializers.BooleanField()
    text = serializers.CharField()
    severity = serializers.CharField()
    remedy = serializers.CharField(allow_blank=True)


class DraftSerializer(serializers.Serializer):
    """The report as the records stand now; `content_hash` is what a signature is given over."""

    content_hash = serializers.CharField()
    content = serializers.JSONField()
    findings = FindingSerializer(many=True)
    declaration = NamesSerializer()
    signatures = SignatureSerializer(many=True)


class RenderingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Rendering
        fields = ("language", "state", "done_units", "total_units", "message", "created_at", "finished_at", "size")

    size = serializers.IntegerField(source="stored.size", allow_null=True, default=None)
    message = serializers.SerializerMethodField()

    def get_message(self, rendering: Rendering) -> str:
        """Why it failed, in the caller's language."""
        return translated(rendering.message)


class FilingSerializer(serializers.ModelSerializer):
    filed_by = NamesSerializer(source="filer_names")
    pdfs = RenderingSerializer(source="renderings", many=True)

    class Meta:
        model = Filing
        fields = ("version", "content_hash", "filed_by", "filed_at", "pdfs")


class FilingContentSerializer(serializers.Serializer):
    """Exactly what was filed. `content` hashes to `content_hash`; `annex` is kept with it and not signed."""

    version = serializers.IntegerField()
    content_hash = serializers.CharField()
    content = serializers.JSONField()
    annex = serializers.JSONField()
    findings = FindingSerializer(many=True)


class ChangeSerializer(serializers.Serializer):
    group = serializers.CharField()
    record = serializers.CharField()
    kind = serializers.CharField()
    field = serializers.CharField(allow_blank=True)
    old = serializers.JSONField(allow_null=True)
    new = serializers.JSONField(allow_null=True)


class SignInput(StrictSerializer):
    """A token signs too: whoever holds it acts as its person. So the declaration and the hash are said outright."""

    content_hash = serializers.RegexField(r"^[0-9a-f]{64}$")
    declaration = serializers.BooleanField()

    def validate_declaration(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError(_("Signing means declaring: send true, or do not sign."))
        return value


class DecisionInput(StrictSerializer):
    filing_version = serializers.IntegerField(min_value=1, max_value=32_767)
    version = serializers.IntegerField(min_value=1, max_value=2_147_483_647)


class CommentedDecisionInput(DecisionInput):
    comment = serializers.CharField(max_length=4000)


class ReturnInput(CommentedDecisionInput):
    due_on = serializers.DateField()


class PdfInput(StrictSerializer):
    language = serializers.ChoiceField(choices=list(HTML_LANGUAGES))


def change_data(change: Any) -> dict[str, Any]:
    """A change of `diff.diff_of` as plain data."""
    return {
        "group": change.group,
        "record": change.record,
        "kind": str(change.kind),
        "field": change.field,
        "old": change.old,
        "new": change.new,
    }
