"""The demo's audits, each left at another place of the way; walked through the services, at their own dates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.core.files.base import ContentFile
from django.utils import timezone

from auditors.people.models import Auditor
from audits.demo.cast import Cast
from audits.demo.texts import OPTIONS, SECTIONS
from audits.enterprises.models import Enterprise
from audits.enterprises.services import GivenFigure, record_figures
from audits.options.models import Option
from audits.options.services import (
    add_option,
    mark_implemented,
    record_effect,
    record_progress,
    screen_option,
    start_option,
)
from audits.reports.selectors import draft_of
from audits.reports.services import decide, file_report, sign_report
from audits.workflow import services
from audits.workflow.models import Audit, TeamRole
from audits.workflow.rules.stages import STAGES
from audits.workflow.rules.transitions import Action
from cpaudit.accounts.models import User
from cpaudit.reference.models import Metric

EVIDENCE = "班次,读数\n白班,412.6\n夜班,398.1\n".encode()


@dataclass
class Walk:
    """One audit on its way; `day` is how many days ago things happen."""

    cast: Cast
    enterprise: Enterprise
    now: dt.datetime
    day: float

    def at(self) -> dt.datetime:
        """The next moment; time goes on with every act."""
        self.day -= 0.02
        return self.now - dt.timedelta(days=self.day)

    @property
    def manager(self) -> User:
        """The enterprise's manager, acting for this enterprise."""
        return self.cast.manager_of(self.enterprise)

    def skip_to(self, day: float) -> None:
        self.day = min(self.day, day)


def listed(walk: Walk, grounds: str) -> Audit:
    at = walk.at()
    return services.open_compulsory(
        enterprise=walk.enterprise, year=timezone.localdate(at).year, reason="over_standard", grounds=grounds,
        published_on=timezone.localdate(at), by=walk.cast["regulator"], at=at,
    )  # fmt: skip


def engaged(walk: Walk, audit: Audit) -> Audit:
    return services.engage(
        audit=audit, consultancy=walk.cast.consultancy, version=audit.version, by=walk.manager, at=walk.at()
    )


def started(walk: Walk, audit: Audit) -> Audit:
    for key, role in (("consultant", TeamRole.LEADER), ("auditor", TeamRole.MEMBER)):
        auditor = Auditor.objects.get(user=walk.cast[key])
        services.add_member(audit=audit, auditor=auditor, role=role, by=walk.cast["consultant"], at=walk.at())
    return services.start(
        audit=audit, version=audit.version, planned_end=audit.report_by, by=walk.cast["consultant"], at=walk.at()
    )


def stage_done(walk: Walk, audit: Audit, number: int, *, submit: bool = True) -> None:
    by = walk.cast["consultant"]
    stage = audit.stages.get(number=number)
    if stage.status == "not_begun":
        stage = services.begin_stage(stage=stage, version=stage.version, by=by, at=walk.at())
    for section in STAGES[number].sections:
        services.write_section(stage=stage, key=section.key, text=SECTIONS[section.key], version=0, by=by, at=walk.at())
    for item in STAGES[number].deliverables:
        services.tick_deliverable(stage=stage, key=item.key, by=by, at=walk.at())
    if number == 4:
        register(walk, audit)
    fields = ["preliminary_training", "stage_1"] if number == 1 else [f"stage_{number}"]
    for member in audit.team.filter(left_on=None):
        for field in fields:
            services.log_work(
                audit=audit, member=member, field=field, worked_on=timezone.localdate(walk.at()),
                hours=Decimal("7.5"), by=by, at=walk.at(),
            )  # fmt: skip
    stage.refresh_from_db()
    today = timezone.localdate(walk.at())
    services.set_stage_dates(
        stage=stage, started_on=stage.started_on, finished_on=today, version=stage.version, by=by, at=walk.at()
    )
    if submit:
        stage.refresh_from_db()
        services.complete_stage(stage=stage, version=stage.version, by=by, at=walk.at())


def register(walk: Walk, audit: Audit) -> None:
    """The option register: proposed, given an expected effect, screened; the first one carried out at once."""
    by = walk.cast["consultant"]
    for title, description, aspect, investment, benefit, metric, amount, unit, days in OPTIONS:
        option = add_option(
            audit=audit, title=title, description=description, aspect=aspect,
            planned_investment=Decimal(investment), planned_benefit=Decimal(benefit), responsible="设备科 李雷",
            due_on=timezone.localdate(walk.now) + dt.timedelta(days=days - 40) if days else None,
            by=by, at=walk.at(),
        )  # fmt: skip
        record_effect(
            option=option, kind="expected", metric=Metric.objects.get(code=metric), amount=Decimal(amount), unit=unit,
            method="estimated", version=option.version, by=by, at=walk.at(),
        )  # fmt: skip
        option.refresh_from_db()
        screen_option(
            option=option, feasible=bool(days), version=option.version, by=by, at=walk.at(),
            reason="收益覆盖成本。Pays for itself." if days else "投资偿还期超过十年。Payback beyond ten years.",
        )  # fmt: skip
    first = audit.options.order_by("code").first()
    assert first is not None  # the register was written just above
    carried_out(walk, by, first, Decimal("0"), Decimal("131000"), Decimal("2040"), "t")


def carried_out(
    walk: Walk, by: User, option: Option, investment: Decimal, benefit: Decimal, amount: Decimal, unit: str
) -> None:
    """Start, measure and finish one option."""
    option = start_option(option=option, version=option.version, by=by, at=walk.at())
    expected = option.effects.get(kind="expected")
    record_effect(
        option=option, kind="measured", metric=expected.metric, amount=amount, unit=unit, method="measured",
        evidence=ContentFile(EVIDENCE, name="读数记录.csv"), version=option.version, by=by, at=walk.at(),
    )  # fmt: skip
    option.refresh_from_db()
    at = walk.at()
    mark_implemented(
        option=option, implemented_on=timezone.localdate(at), actual_investment=investment, actual_benefit=benefit,
        version=option.version, by=by, at=at,
    )  # fmt: skip


def signed_and_filed(walk: Walk, audit: Audit) -> Audit:
    for key in ("consultant", "auditor"):
        sign_report(audit=audit, expected_hash=draft_of(audit).hash, by=walk.cast[key], at=walk.at())
    audit.refresh_from_db()
    file_report(audit=audit, version=audit.version, by=walk.cast["consultant"], at=walk.at())
    audit.refresh_from_db()
    return audit


def approved(walk: Walk, audit: Audit) -> Audit:
    decide(
        audit=audit, filing_version=audit.filing_version, action=Action.APPROVE, version=audit.version,
        comment="同意。按期实施中/高费方案。Agreed; carry out the costly options in time.", due_on=None,
        by=walk.cast["regulator"], at=walk.at(),
    )  # fmt: skip
    audit.refresh_from_db()
    return audit


def tell(cast: Cast, *, now: dt.datetime) -> None:
    """Five enterprises of one city: approved, filed, in work with a stage sent back, just listed, not listed yet."""
    figures(cast, now)
    carry_out_the_first(cast, now)
    file_the_second(cast, now)
    send_back_the_third(cast, now)
    listed(Walk(cast, cast.enterprises[3], now, 12), "浆料流失。Fibre is lost to the sewer.")


def carry_out_the_first(cast: Cast, now: dt.datetime) -> None:
    """Approved three months ago: one option more is implemented, one is under way, one is late."""
    walk = Walk(cast, cast.enterprises[0], now, 330)
    audit = begun(walk, "COD三个月超标。COD above the limit in three months.")
    for number in STAGES:
        walk.skip_to(320 - 30 * number)
        stage_done(walk, audit, number)
    walk.skip_to(90)
    audit = approved(walk, signed_and_filed(walk, audit))
    walk.skip_to(60)
    manager = walk.manager
    second, third = audit.options.filter(status="approved").order_by("code")[:2]
    carried_out(walk, manager, second, Decimal("7600"), Decimal("99500"), Decimal("191000"), "kWh")
    under_way = start_option(option=third, version=third.version, by=manager, at=walk.at())
    record_progress(
        option=under_way, progress=40, note="密封件已到货。The seals have arrived.", version=under_way.version,
        by=manager, at=walk.at(),
    )  # fmt: skip


def file_the_second(cast: Cast, now: dt.datetime) -> None:
    """Filed last week: the authority has to decide."""
    walk = Walk(cast, cast.enterprises[1], now, 240)
    audit = begun(walk, "单位产品水耗超限额。Water use above the limit.")
    for number in STAGES:
        walk.skip_to(225 - 28 * number)
        stage_done(walk, audit, number)
    walk.skip_to(7)
    signed_and_filed(walk, audit)


def send_back_the_third(cast: Cast, now: dt.datetime) -> None:
    """In work: the second stage was sent back with a date."""
    walk = Walk(cast, cast.enterprises[2], now, 100)
    audit = begun(walk, "六价铬总量超标。Hexavalent chromium above the total.")
    for number in (1, 2):
        walk.skip_to(90 - 20 * number)
        stage_done(walk, audit, number)
    walk.skip_to(4)
    stage = audit.stages.get(number=2)
    services.send_stage_back(
        stage=stage, version=stage.version, comment="请补充夜班的取样数据。Add the samples of the night shift.",
        due_on=timezone.localdate(now) + dt.timedelta(days=9), by=cast["regulator"], at=walk.at(),
    )  # fmt: skip


def begun(walk: Walk, grounds: str) -> Audit:
    return started(walk, engaged(walk, listed(walk, grounds)))


def figures(cast: Cast, now: dt.datetime) -> None:
    """Three years of the first enterprise's consumption and discharge."""
    rows = (
        ("fresh_water", ("1640000", "1560000", "1510000"), "m3"),
        ("electricity", ("49560000", "48720000", "48300000"), "kWh"),
        ("cod", ("31.2", "29.4", "28.1"), "t"),
    )
    for back in (3, 2, 1):
        enterprise = cast.enterprises[0]
        enterprise.refresh_from_db()
        record_figures(
            enterprise=enterprise, year=now.year - back, version=enterprise.version, by=None, at=now,
            figures=[
                GivenFigure(Metric.objects.get(code=code), Decimal(amounts[3 - back]), unit, "measured")
                for code, amounts, unit in rows
            ],
        )  # fmt: skip
