"""Yearly figures, one a row or one a column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils import timezone

from audits.enterprises import rules
from audits.enterprises.imports.shared import (
    CURRENCY,
    REFERENCES,
    YEAR,
    Amounts,
    Jurisdiction,
    chunks,
    create_in_chunks,
    enterprise_complaints,
    find_enterprises,
    references_of,
    worded,
)
from audits.enterprises.models import Method, YearlyFigure
from cpaudit.accounts.models import User
from cpaudit.accounts.roles import Permission
from cpaudit.imports.mapping import Field, Kind, Target
from cpaudit.imports.problems import Problem
from cpaudit.imports.records import Action, Complaint, Record
from cpaudit.imports.registry import Scope
from cpaudit.rulebook.errors import NotAllowed
from cpaudit.rulebook.findings import _
from cpaudit.trail.services import record_each

FIGURES = Target(
    key="yearly_figures",
    label=_("Yearly figures"),
    key_fields=("source_ref", "year", "metric"),
    help=_(
        "What an enterprise used, let out and produced in a year. A row holds one figure, or one column per metric; "
        "then each of these columns is added as an amount."
    ),
    fields=(
        *REFERENCES,
        YEAR,
        Field(
            "metric",
            _("Metric"),
            Kind.REFERENCE,
            required=True,
            in_series=True,
            synonyms=("指标", "指标名称", "项目", "indicator", "resource"),
        ),
        Field(
            "amount",
            _("Amount"),
            Kind.DECIMAL,
            required=True,
            in_series=True,
            unit_field="unit",
            metric_field="metric",
            synonyms=("数值", "用量", "数量", "消耗量", "排放量", "value", "quantity", "usage"),
        ),
        Field("unit", _("Unit"), Kind.REFERENCE, in_series=True, synonyms=("单位", "计量单位", "units")),
        CURRENCY,
        Field(
            "method",
            _("Method"),
            Kind.CHOICE,
            choices=tuple((str(value), str(label)) for value, label in Method.choices),
            synonyms=("数据来源方式", "核算方法", "how known"),
        ),
    ),
)


def check_can_import_figures(user: User) -> None:
    if user.body is None or not user.may(Permission.MANAGE_ENTERPRISES):
        raise NotAllowed(_("Your role does not record figures of enterprises."))


class FigureImporter(Amounts):
    target = FIGURES

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope
        self.jurisdiction = Jurisdiction(scope.by)
        self.own = scope.by.body.pk if scope.by and scope.by.body else None
        self.today = timezone.localdate(scope.at)

    def known(self) -> dict[str, dict[str, Sequence[str]]]:
        return {"metric": self.metric_names(), "unit": self.unit_names()}

    def prepare(self, records: Sequence[Record]) -> None:
        known = find_enterprises(records)
        for record in records:
            references = references_of(record)
            enterprise = known.get(references[0]) if references else None
            if enterprise and (
                enterprise.pk == self.own or self.jurisdiction.covers(enterprise.body.region, enterprise.sector_id)
            ):
                record.found["enterprise"] = enterprise

    def complaints(self, record: Record) -> Iterator[Complaint]:
        yield from enterprise_complaints(record)
        values = record.values
        if "year" in values:
            for finding in rules.year_problems(values["year"], today=self.today):
                yield "year", Problem("year", {"reason": worded(finding)}), True
        metric = self.metrics.get(values.get("metric", ""))
        if metric and "amount" in values:
            for finding in rules.figure_problems(values["amount"], metric=metric.name, unit=metric.unit):
                yield "amount", Problem("figure", {"reason": worded(finding)}), True

    def key(self, record: Record) -> Any:
        enterprise, year, metric = (
            record.found.get("enterprise"),
            record.values.get("year"),
            record.values.get("metric"),
        )
        return (enterprise.pk, year, self.metrics[metric].pk) if enterprise and year and metric else None

    def existing(self, records: Sequence[Record]) -> dict[Any, Any]:
        keys = {key for record in records if (key := self.key(record))}
        years = {year for _enterprise, year, _metric in keys}
        found: dict[Any, Any] = {}
        for chunk in chunks(sorted({enterprise for enterprise, _year, _metric in keys})):
            rows = YearlyFigure.objects.filter(enterprise__in=chunk, year__in=years)
            found |= {
                key: pk
                for pk, *parts in rows.values_list("pk", "enterprise", "year", "metric")
                if (key := tuple(parts)) in keys
            }
        return found

    def write(self, records: Sequence[Record], progress: Callable[[int], None]) -> None:
        written = [record for record in records if record.action is not Action.SKIP]
        replaced = [record.existing for record in written if record.action is Action.UPDATE]
        for chunk in chunks(replaced):
            YearlyFigure.objects.filter(pk__in=chunk).delete()
        create_in_chunks(YearlyFigure, [self.figure(record) for record in written], progress)
        by_year: dict[tuple[int, int], list[Record]] = defaultdict(list)
        for record in written:
            by_year[(record.found["enterprise"].pk, record.values["year"])].append(record)
        record_each(
            verb="figures.recorded",
            occasions=(
                (of_year[0].found["enterprise"], self.facts(year, of_year)) for (_pk, year), of_year in by_year.items()
            ),
            by=self.scope.by,
            at=self.scope.at,
        )

    def figure(self, record: Record) -> YearlyFigure:
        metric = self.metrics[record.values["metric"]]
        given, unit = record.given["amount"]
        return YearlyFigure(
            enterprise=record.found["enterprise"],
            year=record.values["year"],
            metric=metric,
            amount=record.values["amount"],
            given_amount=given,
            given_unit=unit,
            currency=record.values.get("currency", "CNY") if metric.unit == "money" else "",
            method=record.values.get("method", Method.REPORTED),
        )

    def facts(self, year: int, records: Sequence[Record]) -> dict[str, Any]:
        metrics = [self.metrics[record.values["metric"]] for record in records]
        names = {"zh": "、".join(one.name_zh for one in metrics), "en": ", ".join(one.name_en for one in metrics)}
        return {"year": year, "metrics": names, "file": self.scope.file}
