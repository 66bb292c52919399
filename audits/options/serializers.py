"""The shapes of options over REST. Cleaning only; the services decide."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audits.enterprises.models import Method
from audits.options.models import ASPECT_CHOICES, EffectKind, Option, OptionEffect
from audits.options.rules.entries import RESPONSIBLE_LENGTH, TITLE_LENGTH
from audits.options.rules.money import Brief
from audits.options.selectors import economics_of, files_of, findings_about
from audits.workflow.serializers import FileSerializer, VersionInput
from cpaudit.reference.models import Metric
from cpaudit.web.api import StrictSerializer
from cpaudit.web.findings import findings_data, translated


# --- Out ------------------------------------------------------------------------------------------------------------
class EffectSerializer(serializers.ModelSerializer):
    """An effect of a year: `amount` in the metric's base `unit`, and as it was given."""

    metric = serializers.SlugRelatedField(slug_field="code", read_only=True)
    unit = serializers.CharField(source="metric.unit", read_only=True)

    class Meta:
        model = OptionEffect
        fields = (
            "id", "metric", "kind", "amount", "unit", "given_amount", "given_unit", "method", "note", "recorded_at",
        )  # fmt: skip


class BriefSerializer(serializers.Serializer):
    """Static economics: payback in years, `ratio` the x of "1 : x"; null where they have no value, with a note."""

    payback_years = serializers.DecimalField(max_digits=None, decimal_places=6, allow_null=True)
    ratio = serializers.DecimalField(max_digits=None, decimal_places=6, allow_null=True)
    note = serializers.SerializerMethodField()

    def get_note(self, brief: Brief) -> str:
        return translated(brief.note)


class EconomicsSerializer(serializers.Serializer):
    """Planned and actual, and the actual as a share of the planned (1 = as planned)."""

    planned = BriefSerializer()
    actual = BriefSerializer()
    investment_attainment = serializers.DecimalField(max_digits=None, decimal_places=6, allow_null=True)
    benefit_attainment = serializers.DecimalField(max_digits=None, decimal_places=6, allow_null=True)


class OptionSerializer(serializers.ModelSerializer):
    """An option with its effects. Money is in `currency`; writing calls give back the `version` they began from."""

    economics = serializers.SerializerMethodField()
    effects = EffectSerializer(many=True, read_only=True)

    class Meta:
        model = Option
        fields: tuple[str, ...] = (
            "code", "title", "description", "aspect", "other_aspects", "cost_class", "status", "screening_reason",
            "screened_at", "abandoned_reason", "currency", "planned_investment", "actual_investment",
            "planned_benefit", "actual_benefit", "economics", "effects", "responsible", "due_on", "progress",
            "progress_note", "implemented_on", "source_ref", "version",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(EconomicsSerializer)
    def get_economics(self, option: Option) -> dict[str, Any]:
        return EconomicsSerializer(economics_of(option)).data


class OptionDetailSerializer(OptionSerializer):
    """One option, with its files and what the rules say of its records today."""

    files = serializers.SerializerMethodField()
    findings = serializers.SerializerMethodField()

    class Meta(OptionSerializer.Meta):
        fields = (*OptionSerializer.Meta.fields, "files", "findings")

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, option: Option) -> Any:
        return FileSerializer(files_of(option), many=True).data

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_findings(self, option: Option) -> list[dict[str, Any]]:
        return findings_data(findings_about(option, list(files_of(option)), today=timezone.localdate()))


# --- In -------------------------------------------------------------------------------------------------------------
class MoneyField(serializers.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=2, allow_null=True, **kwargs)


class WrittenFields(StrictSerializer):
    """What the auditing side writes; the service judges the values."""

    title = serializers.CharField(max_length=TITLE_LENGTH, required=False)
    description = serializers.CharField(max_length=20_000, allow_blank=True, required=False)
    aspect = serializers.ChoiceField(choices=ASPECT_CHOICES, allow_blank=True, required=False)
    other_aspects = serializers.ListField(
        child=serializers.ChoiceField(choices=ASPECT_CHOICES), max_length=len(ASPECT_CHOICES), required=False
    )
    planned_investment = MoneyField(required=False, min_value=0)
    planned_benefit = MoneyField(required=False)
    responsible = serializers.CharField(max_length=RESPONSIBLE_LENGTH, allow_blank=True, required=False)
    due_on = serializers.DateField(allow_null=True, required=False)


class AddInput(WrittenFields):
    """A new option; without a code it gets the audit's next number."""

    title = serializers.CharField(max_length=TITLE_LENGTH)
    code = serializers.CharField(max_length=20, allow_blank=True, default="")


class ChangeInput(WrittenFields, VersionInput):
    """Only the fields given are changed."""


class ScreenInput(VersionInput):
    feasible = serializers.BooleanField()
    reason = serializers.CharField(max_length=4000)


class ProgressInput(VersionInput):
    progress = serializers.IntegerField(min_value=0, max_value=100)
    note = serializers.CharField(max_length=4000, allow_blank=True, default="")
    actual_investment = MoneyField(default=None, min_value=0)
    actual_benefit = MoneyField(default=None)


class ResultsInput(VersionInput):
    implemented_on = serializers.DateField()
    actual_investment = MoneyField(min_value=0)
    actual_benefit = MoneyField(default=None)


class AbandonInput(VersionInput):
    reason = serializers.CharField(max_length=4000)


class EffectInput(VersionInput):
    """The yearly effect on one metric, in any unit that converts to the metric's; it replaces an earlier one."""

    kind = serializers.ChoiceField(choices=EffectKind.choices)
    metric = serializers.SlugRelatedField(slug_field="code", queryset=Metric.objects.all())
    amount = serializers.DecimalField(max_digits=24, decimal_places=6)
    unit = serializers.CharField(max_length=40)
    method = serializers.ChoiceField(choices=Method.choices)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")
