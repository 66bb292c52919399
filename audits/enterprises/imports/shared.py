"""What importers of enterprises, figures and options have in common: references, jurisdiction, amounts, bulk writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import F, Model

from audits.enterprises import rules
from audits.enterprises.models import Enterprise
from cpaudit.accounts.models import User
from cpaudit.accounts.roles import BodyKind
from cpaudit.imports.mapping import Field, Kind
from cpaudit.imports.problems import Problem, Sentence, say
from cpaudit.imports.records import Complaint, Record, UnitProblem
from cpaudit.reference.models import Metric, Region
from cpaudit.reference.units import UNITS
from cpaudit.rulebook.errors import Invalid
from cpaudit.rulebook.findings import Finding, _

CHUNK = 1_000  # rows of one statement; below what SQLite and PostgreSQL take as parameters


T = TypeVar("T", bound=Model)


REFERENCES = (
    Field(
        "credit_code",
        _("Unified social credit code"),
        Kind.CODE,
        max_length=40,
        synonyms=("统一社会信用代码", "信用代码", "社会信用代码", "USCC", "credit code"),
        help=_("18 characters; its check character is verified."),
    ),
    Field(
        "source",
        _("Source"),
        max_length=40,
        synonyms=("数据来源", "来源", "data source"),
        help=_("Where records without a credit code come from, usually one value for all rows."),
    ),
    Field(
        "source_ref",
        _("Reference in the source"),
        Kind.CODE,
        max_length=60,
        synonyms=("来源编号", "编号", "企业编号", "plant id", "plant", "external id"),
        help=_("The number of the enterprise in that source. It stands in for a credit code."),
    ),
)


YEAR = Field(
    "year",
    _("Year"),
    Kind.INTEGER,
    required=True,
    minimum=rules.FIRST_YEAR,
    synonyms=("年份", "年度", "fy", "fiscal year"),
)


CURRENCY = Field(
    "currency", _("Currency"), max_length=3, synonyms=("币种", "货币"), help=_("ISO 4217; CNY if not given.")
)


SENTENCES: dict[str, Sentence] = {
    "no_reference": say(
        _("Neither a credit code nor a source with a reference tells which enterprise this is."),
        _("Fill one of them; a credit code is never invented."),
    ),
    "no_name": say(_("The enterprise has no name."), _("Fill its Chinese or its English name.")),
    "credit_code": say(_("The credit code is wrong: %(reason)s"), _("Look the code up and correct it.")),
    "not_an_email": say(_("This is not an e-mail address."), _("Correct it, or leave it empty.")),
    "outside": say(
        _("%(place)s lies outside your jurisdiction."),
        _("Let the authority in charge import it, or correct the region or industry."),
    ),
    "taken": say(
        _("Another enterprise is on record under this reference."),
        _("Check the reference; the enterprise may lie in another jurisdiction."),
    ),
    "unknown_enterprise": say(
        _("There is no enterprise of this reference in your jurisdiction."),
        _("Import the enterprise first, or correct the reference."),
    ),
    "year": say(_("The year cannot be used: %(reason)s"), _("Correct the year.")),
    "figure": say(_("The amount cannot be used: %(reason)s"), _("Correct the amount or its unit.")),
}


class Jurisdiction:
    """May the person write about an enterprise of this place and industry? Asked for every row, without a query."""

    def __init__(self, user: User | None) -> None:
        self.user, self.body = user, user.body if user else None
        self.sectors = set(self.body.sectors.values_list("pk", flat=True)) if self.body else set()

    def covers(self, region: Region, sector_id: int) -> bool:
        if self.user is None:
            return True
        if (
            self.body is None
            or self.body.kind != BodyKind.AUTHORITY
            or not region.path.startswith(self.body.region.path)
        ):
            return False
        return not self.body.is_industry_department or sector_id in self.sectors


class Amounts:
    """Metrics and units for importers whose records hold amounts."""

    def __init__(self) -> None:
        self.metrics = {metric.code: metric for metric in Metric.objects.all()}

    def metric_names(self) -> dict[str, Sequence[str]]:
        return {code: (metric.name_zh, metric.name_en) for code, metric in self.metrics.items()}

    def unit_names(self) -> dict[str, Sequence[str]]:
        return {code: (unit.name_en, unit.name_zh, *unit.aliases) for code, unit in UNITS.items()}

    def units(self) -> dict[str, str]:
        return {
            name: code for code, unit in UNITS.items() for name in (code, unit.name_en, unit.name_zh, *unit.aliases)
        }

    def to_base(self, found: Field, amount: Decimal, unit: str, values: dict[str, Any]) -> Decimal:
        metric = self.metrics[values[found.metric_field]]
        try:
            return metric.to_base(amount, unit)
        except Invalid as problem:
            raise UnitProblem(unit, metric.unit) from problem


Reference = tuple[str | None, str]  # (None, credit code) or (source, reference in it)


def references_of(record: Record) -> list[Reference]:
    """What the record says its enterprise is known by; the credit code first."""
    found: list[Reference] = []
    if code := record.values.get("credit_code"):
        found.append((None, rules.tidy_code(code)))
    if reference := record.values.get("source_ref"):
        found.append((record.values.get("source", ""), reference))
    return found


def find_enterprises(records: Iterable[Record]) -> dict[Reference, Enterprise]:
    """The enterprises the records refer to, with body and region; a query per chunk, not per record."""
    wanted: dict[str | None, set[str]] = defaultdict(set)
    for record in records:
        for source, reference in references_of(record):
            wanted[source].add(reference)
    found: dict[Reference, Enterprise] = {}
    everyone = Enterprise.objects.select_related("body__region")
    for source, references in wanted.items():
        for chunk in chunks(sorted(references)):
            if source is None:
                found |= {(None, str(one.credit_code)): one for one in everyone.filter(credit_code__in=chunk)}
            else:
                rows = everyone.filter(source=source, source_ref__in=chunk)
                found |= {(source, one.source_ref): one for one in rows}
    return found


def chunks(items: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def remember(row: Model, names: Sequence[str]) -> None:
    """What the row holds before the import changes it, for `save_changes`."""
    row.imported_over = {name: getattr(row, name) for name in names}  # type: ignore[attr-defined]


def save_changes(row: Model, names: Sequence[str]) -> None:
    """Write what differs from what was remembered, and the version if the row has one; nothing where nothing does.

    One short statement a row: a bulk update of many columns takes the database ten times as long.
    """
    before: dict[str, Any] = row.imported_over  # type: ignore[attr-defined]
    changes: dict[str, Any] = {name: value for name in names if (value := getattr(row, name)) != before[name]}
    if not changes:
        return
    if hasattr(row, "version"):
        changes["version"] = F("version") + 1
    type(row)._default_manager.filter(pk=row.pk).update(**changes)


def create_in_chunks(model: type[T], rows: Sequence[T], done: Callable[[int], None] = lambda count: None) -> None:
    for start in range(0, len(rows), CHUNK):
        model._default_manager.bulk_create(rows[start : start + CHUNK])
        done(min(start + CHUNK, len(rows)))


def worded(finding: Finding) -> dict[str, Any]:
    """A finding as the reason of a problem, translated when the problem is shown."""
    return {"msgid": finding.text, "params": dict(finding.params)}


def enterprise_complaints(record: Record) -> Iterator[Complaint]:
    """The enterprise a record refers to must be named, and be one the person may write about."""
    if not references_of(record):
        yield "source_ref", Problem("no_reference"), True
    elif record.found.get("enterprise") is None:
        key = "credit_code" if record.values.get("credit_code") else "source_ref"
        yield key, Problem("unknown_enterprise"), True
