"""Importing enterprises and their yearly figures: what columns may mean, what only these records know, bulk writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F, Model
from django.utils import timezone

from audits.enterprises import rules
from audits.enterprises.models import Enterprise, Method, Ownership, Size, YearlyFigure
from audits.enterprises.policies import check_can_create
from cpaudit.accounts.models import Body, User
from cpaudit.accounts.roles import BodyKind, Permission
from cpaudit.imports.engine import Action, Complaint, Record, UnitProblem
from cpaudit.imports.mapping import Field, Kind, Target
from cpaudit.imports.problems import Problem, Sentence, say
from cpaudit.imports.registry import Scope
from cpaudit.reference.models import Metric, Region, Sector
from cpaudit.reference.units import UNITS
from cpaudit.rulebook.errors import Invalid, NotAllowed
from cpaudit.rulebook.findings import Finding, _
from cpaudit.trail.services import record_each

CHUNK = 1_000  # rows of one statement; below what SQLite and PostgreSQL take as parameters
ENDINGS = (
    "特别行政区",
    "壮族自治区",
    "回族自治区",
    "维吾尔自治区",
    "自治区",
    "自治州",
    "地区",
    "省",
    "市",
    "盟",
    "区",
    "县",
)
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

ENTERPRISES = Target(
    key="enterprises",
    label=_("Enterprises"),
    key_fields=("credit_code", "source_ref"),
    help=_("One row is one enterprise, known by its credit code or by its number in the source."),
    fields=(
        *REFERENCES,
        Field(
            "name_zh",
            _("Name (Chinese)"),
            max_length=200,
            synonyms=("企业名称", "单位名称", "名称", "公司名称", "中文名称"),
        ),
        Field(
            "name_en",
            _("Name (English)"),
            max_length=200,
            synonyms=("name", "company", "company name", "enterprise", "enterprise name", "英文名称"),
        ),
        Field(
            "region",
            _("Region"),
            Kind.REFERENCE,
            required=True,
            synonyms=("行政区划", "行政区划代码", "地区", "所在地", "所在地区", "城市", "region code", "city", "state"),
            help=_("A GB/T 2260 code, or a name that only one place has."),
        ),
        Field(
            "sector",
            _("Industry"),
            Kind.REFERENCE,
            required=True,
            synonyms=("行业", "行业代码", "行业类别", "国民经济行业", "sector", "industry code", "naics"),
            help=_("A division of GB/T 4754, such as C26."),
        ),
        Field("address", _("Address"), max_length=300, synonyms=("地址", "详细地址", "单位地址")),
        Field("contact_name", _("Contact"), max_length=120, synonyms=("联系人", "contact name", "contact person")),
        Field("contact_phone", _("Telephone"), Kind.CODE, max_length=40, synonyms=("电话", "联系电话", "phone")),
        Field("contact_email", _("E-mail"), max_length=254, synonyms=("邮箱", "电子邮箱", "email")),
        Field(
            "ownership",
            _("Ownership"),
            Kind.CHOICE,
            choices=tuple((str(value), str(label)) for value, label in Ownership.choices),
            synonyms=("所有制", "企业性质", "登记注册类型", "经济类型"),
        ),
        Field(
            "size",
            _("Size"),
            Kind.CHOICE,
            choices=tuple((str(value), str(label)) for value, label in Size.choices),
            synonyms=("规模", "企业规模"),
        ),
        Field(
            "employees",
            _("Employees"),
            Kind.INTEGER,
            minimum=0,
            maximum=2_000_000,
            synonyms=("职工人数", "从业人数", "员工人数", "headcount", "staff"),
        ),
        Field("products", _("Main products"), max_length=300, synonyms=("主要产品", "产品", "product")),
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


def check_can_import_enterprises(user: User) -> None:
    """Only an authority enters enterprises; the place of each is asked row by row."""
    check_can_create(user)


def check_can_import_figures(user: User) -> None:
    if user.body is None or not user.may(Permission.MANAGE_ENTERPRISES):
        raise NotAllowed(_("Your role does not record figures of enterprises."))


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


# --- Enterprises ----------------------------------------------------------------------------------------------------
class EnterpriseImporter:
    target = ENTERPRISES
    BODY = ("name_zh", "name_en")
    OWN = (
        *("source", "source_ref", "address", "contact_name", "contact_phone", "contact_email"),
        *("ownership", "size", "employees", "products"),
    )

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.jurisdiction = Jurisdiction(scope.by)
        self.regions = {region.code: region for region in Region.objects.all()}
        self.sectors = {sector.code: sector for sector in Sector.objects.of_edition(Sector.DEFAULT_EDITION)}

    def known(self) -> dict[str, dict[str, Sequence[str]]]:
        return {
            "region": {
                code: (region.name_zh, bare(region.name_zh), region.name_en) for code, region in self.regions.items()
            },
            "sector": {
                code: (sector.name_zh, sector.name_en, code[1:]) for code, sector in self.sectors.items()
            },
        }  # fmt: skip

    def units(self) -> dict[str, str]:
        return {}

    def to_base(self, found: Field, amount: Decimal, unit: str, values: dict[str, Any]) -> Decimal:
        raise UnitProblem(unit, "")

    def prepare(self, records: Sequence[Record]) -> None:
        known = find_enterprises(records)
        for record in records:
            found = [known[reference] for reference in references_of(record) if reference in known]
            record.found["enterprise"] = found[0] if found else None
            record.found["another"] = any(one.pk != found[0].pk for one in found)

    def complaints(self, record: Record) -> Iterator[Complaint]:
        values = record.values
        if not values.get("credit_code") and not values.get("source_ref"):
            yield "credit_code", Problem("no_reference"), True
        if code := values.get("credit_code"):
            for finding in rules.credit_code_problems(rules.tidy_code(code)):
                yield "credit_code", Problem("credit_code", {"reason": worded(finding)}), True
        existing: Enterprise | None = record.found["enterprise"]
        if not existing and not values.get("name_zh") and not values.get("name_en"):
            yield "name_zh", Problem("no_name"), True
        if email := values.get("contact_email"):
            try:
                validate_email(email)
            except ValidationError:
                yield "contact_email", Problem("not_an_email"), True
        region, sector = self.regions.get(values.get("region", "")), self.sectors.get(values.get("sector", ""))
        if region and sector and not self.jurisdiction.covers(region, sector.pk):
            yield "region", Problem("outside", {"place": f"{region.name_en} {region.name_zh}, {sector.code}"}), True
        if existing and (
            record.found["another"]
            or (existing.credit_code and values.get("credit_code") and existing.credit_code != self.code(record))
            or not self.jurisdiction.covers(existing.body.region, existing.sector_id)
        ):
            yield "credit_code" if values.get("credit_code") else "source_ref", Problem("taken"), True

    def code(self, record: Record) -> str | None:
        return rules.tidy_code(record.values.get("credit_code", "")) or None

    def key(self, record: Record) -> Any:
        return next(iter(references_of(record)), None)

    def existing(self, records: Sequence[Record]) -> dict[Any, Any]:
        found = {self.key(record): record.found["enterprise"] for record in records if record.found["enterprise"]}
        return {key: enterprise.pk for key, enterprise in found.items()}

    def write(self, records: Sequence[Record], progress: Callable[[int], None]) -> None:
        new = [record for record in records if record.action is Action.CREATE]
        bodies = [
            Body(
                kind=BodyKind.ENTERPRISE,
                region=self.regions[record.values["region"]],
                **{name: record.values.get(name, "") for name in self.BODY},
            )
            for record in new
        ]
        create_in_chunks(Body, bodies)
        enterprises = [
            Enterprise(
                body=body,
                credit_code=self.code(record),
                sector=self.sectors[record.values["sector"]],
                **{name: value for name in self.OWN if (value := record.values.get(name)) is not None},
            )
            for record, body in zip(new, bodies, strict=True)
        ]
        create_in_chunks(Enterprise, enterprises, progress)
        changed = [self.changed(record) for record in records if record.action is Action.UPDATE]
        for enterprise in changed:
            save_changes(enterprise.body, (*self.BODY, "region_id"))
            save_changes(enterprise, (*self.OWN, "credit_code", "sector_id"))
        progress(len(records))
        record_each(
            verb="enterprise.imported",
            occasions=((enterprise, {"file": self.scope.file}) for enterprise in (*enterprises, *changed)),
            by=self.scope.by,
            at=self.scope.at,
        )

    def changed(self, record: Record) -> Enterprise:
        """The existing enterprise with what the row gives; an empty cell erases nothing."""
        enterprise: Enterprise = record.found["enterprise"]
        remember(enterprise.body, (*self.BODY, "region_id"))
        remember(enterprise, (*self.OWN, "credit_code", "sector_id"))
        values = record.values
        for name in (*self.BODY, *self.OWN):
            if (value := values.get(name)) is not None:
                setattr(enterprise.body if name in self.BODY else enterprise, name, value)
        enterprise.credit_code = enterprise.credit_code or self.code(record)
        enterprise.body.region = self.regions[values["region"]]
        enterprise.sector = self.sectors[values["sector"]]
        return enterprise


def bare(name: str) -> str:
    """A Chinese place name as people write it: 本溪市 is 本溪, 广西壮族自治区 is 广西."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name


# --- Yearly figures -------------------------------------------------------------------------------------------------
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
