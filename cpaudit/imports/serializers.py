"""Imports as REST shows and takes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cpaudit.imports import selectors
from cpaudit.imports.mapping import Target
from cpaudit.imports.models import CONFLICT_LABELS, Import, ImportRun, RunKind, RunProblem
from cpaudit.web.api import StrictSerializer
from cpaudit.web.findings import translated

CONFLICTS = sorted(CONFLICT_LABELS)


# --- What is shown --------------------------------------------------------------------------------------------------
class ImportSerializer(serializers.ModelSerializer[Import]):
    """An uploaded table and how it is read."""

    rows = serializers.SerializerMethodField(help_text="Rows below the header, empty ones included.")
    headers = serializers.ListField(child=serializers.CharField(), read_only=True)
    sheets = serializers.SerializerMethodField()
    uploaded_by = serializers.CharField(source="uploaded_by.email", read_only=True)

    class Meta:
        model = Import
        fields = (
            *("id", "target", "name", "size", "sha256", "sheet", "sheets", "header_row", "headers", "rows"),
            *("mapping", "conflict", "good_rows_only", "uploaded_by", "uploaded_at", "imported_at", "version"),
        )
        read_only_fields = fields

    def get_rows(self, imported: Import) -> int:
        return int(imported.table.get("rows", 0))

    def get_sheets(self, imported: Import) -> list[str]:
        return list(imported.table.get("sheets", []))


class RunSerializer(serializers.ModelSerializer[ImportRun]):
    """A dry run or an import: its state, its progress, its books."""

    failure = serializers.SerializerMethodField(help_text="Why the run as a whole failed; null otherwise.")
    left_out = serializers.SerializerMethodField(help_text="Codes whose values the lookups leave out, with counts.")

    class Meta:
        model = ImportRun
        fields = (
            *("id", "kind", "state", "done_units", "total_units", "counts", "left_out", "failure"),
            *("version", "created_at", "finished_at"),
        )
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_failure(self, run: ImportRun) -> dict[str, str] | None:
        failure = selectors.failure_of(run)
        if failure is None:
            return None
        return {"code": (run.problem or {}).get("code", "stopped"), "problem": failure[0], "remedy": failure[1]}

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_left_out(self, run: ImportRun) -> list[dict[str, Any]]:
        return run.summary.get("left_out", [])


class ProblemSerializer(serializers.ModelSerializer[RunProblem]):
    """What is wrong with one cell or row, in the caller's language."""

    problem = serializers.SerializerMethodField()
    remedy = serializers.SerializerMethodField()
    refuses_row = serializers.BooleanField(source="blocks", read_only=True)

    class Meta:
        model = RunProblem
        fields = ("sheet", "row", "letter", "column", "value", "code", "problem", "remedy", "refuses_row")
        read_only_fields = fields

    def get_problem(self, found: RunProblem) -> str:
        return selectors.worded(found.code, found.params)[0]

    def get_remedy(self, found: RunProblem) -> str:
        return selectors.worded(found.code, found.params)[1]


class TargetFieldSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.SerializerMethodField()
    kind = serializers.CharField()
    required = serializers.BooleanField()
    in_series = serializers.BooleanField(help_text="May be given once per amount column of a wide table.")
    choices = serializers.SerializerMethodField()

    def get_label(self, found: Any) -> str:
        return translated(found.label)

    def get_choices(self, found: Any) -> list[str]:
        return [value for value, _label in found.choices]


class TargetSerializer(serializers.Serializer[Target]):
    """A kind of records that can be imported."""

    key = serializers.CharField()
    label = serializers.SerializerMethodField()
    help = serializers.SerializerMethodField()
    record_fields = TargetFieldSerializer(many=True, source="fields")

    def get_label(self, target: Target) -> str:
        return translated(target.label)

    def get_help(self, target: Target) -> str:
        return translated(target.help)


# --- What is taken --------------------------------------------------------------------------------------------------
class UploadInput(StrictSerializer):
    """`multipart/form-data`: the file and what it holds."""

    file = serializers.FileField(allow_empty_file=True)
    target = serializers.CharField(max_length=40)
    sheet = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    header_row = serializers.IntegerField(min_value=1, max_value=1_000, required=False, default=None, allow_null=True)


class MappingInput(StrictSerializer):
    """The whole mapping. `version` is the one that was read; another one meanwhile is 409."""

    mapping = serializers.JSONField(
        help_text="{target, fields: {field: {column | columns | constant, unit}}, series: [...], "
        "lookups: {field: {code: value or null}}, numbers: {decimal, thousands}, dates, blanks}"
    )
    conflict = serializers.ChoiceField(CONFLICTS, default="stop")
    good_rows_only = serializers.BooleanField(default=False)
    version = serializers.IntegerField(min_value=1)


class RunInput(StrictSerializer):
    """`dry` judges every row and writes none; `real` imports, and needs a dry run of the same mapping."""

    kind = serializers.ChoiceField(RunKind.values)
