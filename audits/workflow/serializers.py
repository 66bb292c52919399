"""What REST clients send and read of an audit. Cleaning only; the services decide."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audits.enterprises.models import Enterprise
from audits.programme.rules import REASON_LABELS
from audits.workflow.models import Audit, Decision, Stage, TeamMember, TeamRole, WorkEntry
from audits.workflow.rules.stages import FIELD_LABELS
from audits.workflow.selectors import auditors_to_choose
from consultancies.organisations.models import Organisation
from cpaudit.accounts.models import Body
from cpaudit.accounts.roles import BodyKind
from cpaudit.documents.models import StoredFile
from cpaudit.web.api import StrictSerializer


class NamesSerializer(serializers.Serializer):
    zh = serializers.CharField()
    en = serializers.CharField()


class PartySerializer(serializers.Serializer):
    """A body: its id and both names."""

    id = serializers.IntegerField(source="pk")
    names = NamesSerializer()


class AuditSerializer(serializers.ModelSerializer):
    """One audit. `version` is what every writing call sends back, so that nobody overwrites what he did not see."""

    enterprise = PartySerializer(source="enterprise.body")
    region = serializers.CharField(source="enterprise.body.region.code")
    sector = serializers.CharField(source="enterprise.sector.code")
    authority = PartySerializer(allow_null=True)
    consultancy = PartySerializer(allow_null=True)
    reason = serializers.CharField(source="listing.reason", allow_null=True, default=None)

    class Meta:
        model = Audit
        fields = (
            "number",
            "version",
            "status",
            "kind",
            "year",
            "reason",
            "enterprise",
            "region",
            "sector",
            "authority",
            "consultancy",
            "self_audit",
            "rule_set",
            "currency",
            "cost_low_max",
            "cost_medium_max",
            "start_by",
            "report_by",
            "due_on",
            "planned_end",
            "started_on",
            "filing_version",
            "filed_at",
            "decided_at",
        )


class MemberSerializer(serializers.ModelSerializer):
    names = NamesSerializer()
    auditor = serializers.IntegerField(source="auditor_id", allow_null=True)
    guide = serializers.IntegerField(source="guide_id", allow_null=True)

    class Meta:
        model = TeamMember
        fields = ("id", "names", "auditor", "role", "external", "duty", "guide", "joined_on", "left_on")


class StageSerializer(serializers.ModelSerializer):
    """One stage with its text and checklist."""

    sections = serializers.SerializerMethodField()
    deliverables = serializers.SerializerMethodField()

    class Meta:
        model = Stage
        fields = (
            "number",
            "version",
            "status",
            "started_on",
            "finished_on",
            "due_on",
            "sent_back_comment",
            "sections",
            "deliverables",
        )

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_sections(self, stage: Stage) -> list[dict[str, Any]]:
        saved = {section.key: section for section in stage.sections.all()}
        return [
            {
                "key": spec.key,
                "title": _(spec.title),
                "required": spec.required,
                "text": saved[spec.key].text if spec.key in saved else "",
                "version": saved[spec.key].version if spec.key in saved else 0,
            }
            for spec in stage.spec.sections
        ]

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_deliverables(self, stage: Stage) -> list[dict[str, Any]]:
        done = {item.key: item for item in stage.deliverables.all()}
        return [
            {
                "key": spec.key,
                "title": _(spec.title),
                "step": spec.step,
                "done_at": done[spec.key].done_at if spec.key in done else None,
            }
            for spec in stage.spec.deliverables
        ]


class WorkSerializer(serializers.ModelSerializer):
    member = serializers.IntegerField(source="member_id")

    class Meta:
        model = WorkEntry
        fields = ("id", "member", "field", "worked_on", "hours", "note")


class DecisionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Decision
        fields = (
            "action",
            "stage_number",
            "filing_version",
            "decider_names",
            "body_names",
            "at",
            "comment",
            "due_on",
            "findings",
        )


class LineSerializer(serializers.Serializer):
    """One line of the timeline, in the reader's language."""

    at = serializers.DateTimeField()
    verb = serializers.CharField()
    sentence = serializers.CharField()
    actor = serializers.CharField()
    body = serializers.CharField()
    part = serializers.CharField()


class VersionInput(StrictSerializer):
    version = serializers.IntegerField(min_value=1)


class CommentInput(VersionInput):
    comment = serializers.CharField(max_length=4000, allow_blank=True)


class SendBackInput(CommentInput):
    due_on = serializers.DateField()


@extend_schema_field(int)
class VisibleEnterprise(serializers.PrimaryKeyRelatedField):
    """An enterprise of the caller's jurisdiction; another one does not exist."""

    def get_queryset(self) -> Any:
        return Enterprise.objects.visible_to(self.context["request"].user).with_names()


class OpenInput(StrictSerializer):
    """List an enterprise (`compulsory`, by an authority) or open an audit of one's own (`voluntary`)."""

    kind = serializers.ChoiceField(choices=["compulsory", "voluntary"])
    enterprise = VisibleEnterprise()
    year = serializers.IntegerField(min_value=1990, max_value=2100)
    reason = serializers.ChoiceField(choices=[reason.value for reason in REASON_LABELS], required=False)
    grounds = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    published_on = serializers.DateField(required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if data["kind"] == "compulsory":
            missing = {name: [_("This field is required.")] for name in ("reason", "published_on") if name not in data}
            if missing:
                raise serializers.ValidationError(missing)
        return data


@extend_schema_field(int)
class RegisteredConsultancy(serializers.PrimaryKeyRelatedField):
    """A consulting organisation of the register; one that still waits for its affirmation is not in it."""

    def get_queryset(self) -> Any:
        seen = Organisation.objects.visible_to(self.context["request"].user)
        return Body.objects.of_kind(BodyKind.CONSULTING).filter(organisation__in=seen)


class EngageInput(VersionInput):
    consultancy = RegisteredConsultancy()


class StartInput(VersionInput):
    planned_end = serializers.DateField(allow_null=True, default=None)


class ThresholdInput(VersionInput):
    low_max = serializers.DecimalField(max_digits=16, decimal_places=2)
    medium_max = serializers.DecimalField(max_digits=16, decimal_places=2)


@extend_schema_field(int)
class TeamOf(serializers.PrimaryKeyRelatedField):
    """A present member of this audit's team."""

    def get_queryset(self) -> Any:
        return self.context["audit"].team.filter(left_on=None)


@extend_schema_field(int)
class AuditorForTeam(serializers.PrimaryKeyRelatedField):
    """An auditor whom the auditing body or the enterprise employs; others do not exist here."""

    def get_queryset(self) -> Any:
        return auditors_to_choose(self.context["audit"])


class MemberInput(StrictSerializer):
    auditor = AuditorForTeam(allow_null=True, default=None)
    name_zh = serializers.CharField(max_length=80, allow_blank=True, default="")
    name_en = serializers.CharField(max_length=120, allow_blank=True, default="")
    role = serializers.ChoiceField(choices=TeamRole.values, default=TeamRole.MEMBER)
    external = serializers.BooleanField(default=True)
    duty = serializers.CharField(max_length=200, allow_blank=True, default="")
    guide = TeamOf(allow_null=True, default=None)


class SectionInput(StrictSerializer):
    text = serializers.CharField(max_length=40_000, allow_blank=True, trim_whitespace=False)
    version = serializers.IntegerField(min_value=0, help_text="Of the text you began from; 0: there was none.")


class DatesInput(VersionInput):
    started_on = serializers.DateField(allow_null=True)
    finished_on = serializers.DateField(allow_null=True)


class WorkInput(StrictSerializer):
    member = TeamOf()
    field = serializers.ChoiceField(choices=list(FIELD_LABELS))
    worked_on = serializers.DateField()
    hours = serializers.DecimalField(max_digits=4, decimal_places=1)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class FileSerializer(serializers.ModelSerializer):
    class Meta:
        model = StoredFile
        fields = ("id", "part", "name", "caption", "content_type", "size", "sha256", "uploaded_at")


class FileInput(StrictSerializer):
    file = serializers.FileField()
    caption = serializers.CharField(max_length=200, allow_blank=True, default="")
