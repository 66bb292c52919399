"""What REST clients send and read of reported programmes. Cleaning only; the services decide."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from audits.enterprises.forms import CURRENCIES
from audits.programme.models import ReportedEffect, ReportedProgramme
from audits.programme.reported.selectors import account_of
from audits.programme.reported.services import GivenEffect
from cpaudit.reference.models import Metric, Region
from cpaudit.web.api import StrictSerializer
from cpaudit.web.findings import findings_data

MOST = 2**31 - 1


class ReportedEffectSerializer(serializers.ModelSerializer):
    """One effect: in the metric's base unit, and as it was given."""

    metric = serializers.CharField(source="metric.code")
    unit = serializers.CharField(source="metric.unit")

    class Meta:
        model = ReportedEffect
        fields = ("metric", "amount", "unit", "given_amount", "given_unit", "share_percent")


class ProgrammeSerializer(serializers.ModelSerializer):
    """A programme as reported, what follows from its figures, and what is doubtful about them."""

    region = serializers.CharField(source="region.code")
    effects = ReportedEffectSerializer(many=True)
    derived = serializers.SerializerMethodField()
    findings = serializers.SerializerMethodField()

    class Meta:
        model = ReportedProgramme
        fields = (
            "id", "version", "title_en", "title_zh", "region", "year_from", "year_to", "source", "enterprises",
            "no_low_proposed", "no_low_implemented", "medium_high_proposed", "medium_high_implemented",
            "investment", "benefit", "currency", "total_reduction_percent", "notes", "effects", "derived", "findings",
        )  # fmt: skip

    def get_derived(self, programme: ReportedProgramme) -> dict[str, str | None]:
        """Rates in per cent, the x of "1 : x" and the payback in years, rounded as statistics are; null: no base."""
        report = account_of(programme).report
        return {
            "no_low_rate": _rounded(report.no_low.rate, 1),
            "medium_high_rate": _rounded(report.medium_high.rate, 1),
            "all_options_rate": _rounded(report.all_options.rate, 1),
            "benefit_ratio": _rounded(report.ratio, 1),
            "payback": _rounded(report.payback_years, 3),
        }

    def get_findings(self, programme: ReportedProgramme) -> list[dict[str, Any]]:
        return findings_data(account_of(programme).checks)


def _rounded(value: Any, places: int) -> str | None:
    return None if value is None else f"{value:.{places}f}"


class ReportedEffectInput(StrictSerializer):
    """One effect as it was reported."""

    metric = serializers.SlugRelatedField(slug_field="code", queryset=Metric.objects.all())
    amount = serializers.DecimalField(max_digits=24, decimal_places=6)
    unit = serializers.CharField(max_length=40, required=False, help_text="The metric's base unit where not given.")
    share_percent = serializers.DecimalField(max_digits=7, decimal_places=3, required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> GivenEffect:
        given = super().to_internal_value(data)
        metric = given["metric"]
        return GivenEffect(metric, given["amount"], given.get("unit", metric.unit), given.get("share_percent"))


def _count() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=MOST, required=False, allow_null=True)


class ProgrammeInput(StrictSerializer):
    """A programme's figures as reported; money in units of its currency."""

    title_en = serializers.CharField(max_length=200)
    title_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    region = serializers.SlugRelatedField(slug_field="code", queryset=Region.objects.all())
    year_from = serializers.IntegerField(min_value=1, max_value=9999)
    year_to = serializers.IntegerField(min_value=1, max_value=9999)
    source = serializers.CharField(max_length=300)
    enterprises = _count()
    no_low_proposed = _count()
    no_low_implemented = _count()
    medium_high_proposed = _count()
    medium_high_implemented = _count()
    investment = serializers.DecimalField(max_digits=20, decimal_places=2, required=False, allow_null=True)
    benefit = serializers.DecimalField(max_digits=20, decimal_places=2, required=False, allow_null=True)
    currency = serializers.ChoiceField(choices=[code for code, _name in CURRENCIES], required=False)
    total_reduction_percent = serializers.DecimalField(max_digits=7, decimal_places=3, required=False, allow_null=True)
    notes = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    effects = ReportedEffectInput(many=True, required=False)


class ProgrammeCorrection(ProgrammeInput):
    """Corrections: the version one looked at, and whatever is to change. `effects` replaces all of them."""

    version = serializers.IntegerField(min_value=1, max_value=MOST)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = name == "version"
        return fields
