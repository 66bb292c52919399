"""What REST clients send and read of enterprises. Cleaning only; the services decide.

Places, industries and metrics go by their codes, enterprises by their number.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from audits.enterprises.forms import CURRENCIES, MAX_EMPLOYEES
from audits.enterprises.models import Enterprise, Method, Ownership, Size, YearlyFigure
from cpaudit.reference.models import Metric, Region, Sector
from cpaudit.web.api import StrictSerializer


class EnterpriseSerializer(serializers.ModelSerializer):
    """One enterprise. `version` is what a correction sends back, so that nobody overwrites what he did not see."""

    id = serializers.IntegerField(source="pk")
    name_zh = serializers.CharField(source="body.name_zh")
    name_en = serializers.CharField(source="body.name_en")
    region = serializers.CharField(source="body.region.code")
    sector = serializers.CharField(source="sector.code")

    class Meta:
        model = Enterprise
        fields = (
            "id",
            "version",
            "name_zh",
            "name_en",
            "credit_code",
            "source",
            "source_ref",
            "region",
            "sector",
            "address",
            "contact_name",
            "contact_phone",
            "contact_email",
            "ownership",
            "size",
            "employees",
            "products",
        )


class EnterpriseInput(StrictSerializer):
    """What can be entered about an enterprise."""

    name_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    credit_code = serializers.CharField(max_length=40, required=False, allow_null=True)
    source = serializers.CharField(max_length=40, required=False, allow_blank=True)
    source_ref = serializers.CharField(max_length=60, required=False, allow_blank=True)
    region = serializers.SlugRelatedField(slug_field="code", queryset=Region.objects.all())
    sector = serializers.SlugRelatedField(slug_field="code", queryset=Sector.objects.of_edition(Sector.DEFAULT_EDITION))
    address = serializers.CharField(max_length=300, required=False, allow_blank=True)
    contact_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    contact_phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    contact_email = serializers.EmailField(required=False, allow_blank=True)
    ownership = serializers.ChoiceField(choices=Ownership.choices, required=False, allow_blank=True)
    size = serializers.ChoiceField(choices=Size.choices, required=False, allow_blank=True)
    employees = serializers.IntegerField(min_value=0, max_value=MAX_EMPLOYEES, required=False, allow_null=True)
    products = serializers.CharField(max_length=300, required=False, allow_blank=True)


class EnterpriseCorrection(EnterpriseInput):
    """Corrections: the version one looked at, and whatever is to change."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    region = serializers.SlugRelatedField(slug_field="code", queryset=Region.objects.all(), required=False)
    sector = serializers.SlugRelatedField(
        slug_field="code", queryset=Sector.objects.of_edition(Sector.DEFAULT_EDITION), required=False
    )


class FigureSerializer(serializers.ModelSerializer):
    """One figure: in the metric's base unit, and as it was given."""

    metric = serializers.CharField(source="metric.code")
    unit = serializers.CharField(source="metric.unit")

    class Meta:
        model = YearlyFigure
        fields = ("year", "metric", "amount", "unit", "given_amount", "given_unit", "currency", "method")


class FigureInput(StrictSerializer):
    """One figure as somebody gives it; an amount of null takes it out."""

    metric = serializers.SlugRelatedField(slug_field="code", queryset=Metric.objects.all())
    amount = serializers.DecimalField(max_digits=24, decimal_places=6, allow_null=True)
    unit = serializers.CharField(max_length=20, required=False, help_text="The metric's base unit where not given.")
    method = serializers.ChoiceField(choices=Method.choices, default=Method.REPORTED)
    currency = serializers.ChoiceField(choices=[code for code, _name in CURRENCIES], required=False)


class FiguresInput(StrictSerializer):
    """Figures of one year; metrics that are not named stay as they are."""

    version = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        help_text="The enterprise's version, to be sure nobody was faster.",
    )
    figures = FigureInput(many=True, allow_empty=False)

    def validate_figures(self, figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
        codes = [figure["metric"].code for figure in figures]
        errors = [{"metric": ["This metric is given twice."]} if codes.count(code) > 1 else {} for code in codes]
        if any(errors):
            raise serializers.ValidationError(errors)
        return figures
