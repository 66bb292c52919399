"""Enterprises: what columns may mean, what only they know, bulk writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from audits.enterprises import rules
from audits.enterprises.imports.shared import (
    REFERENCES,
    Jurisdiction,
    create_in_chunks,
    find_enterprises,
    references_of,
    remember,
    save_changes,
    worded,
)
from audits.enterprises.models import Enterprise, Ownership, Size
from audits.enterprises.policies import check_can_create
from cpaudit.accounts.models import Body, User
from cpaudit.accounts.roles import BodyKind
from cpaudit.imports.mapping import Field, Kind, Target
from cpaudit.imports.problems import Problem
from cpaudit.imports.records import Action, Complaint, Record, UnitProblem
from cpaudit.imports.registry import Scope
from cpaudit.reference.models import Region, Sector
from cpaudit.rulebook.findings import _
from cpaudit.trail.services import record_each

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


def check_can_import_enterprises(user: User) -> None:
    """Only an authority enters enterprises; the place of each is asked row by row."""
    check_can_create(user)


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
