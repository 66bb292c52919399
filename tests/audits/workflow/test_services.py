"""The audit's life through its services: from listing to seven completed stages, and every way it is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from audits.workflow import services
from audits.workflow.models import Audit, Section, TeamRole
from cpaudit.notices.models import Notice
from cpaudit.rulebook.errors import Invalid, NotAllowed, Refused, Stale
from cpaudit.trail.models import Event
from cpaudit.trail.selectors import timeline
from tests.factories.audits import (
    START,
    add_rows_of_options,
    all_stages_completed,
    complete,
    engaged,
    fill_stage,
    later,
    listed,
    make_auditor,
    make_world,
    started,
    with_team,
)
from tests.factories.people import make_authority, make_consultancy, make_enterprise, make_posting, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def failed(refused: Refused) -> set[str]:
    return {finding.rule for finding in refused.findings if finding.blocks}


def test_listing_opens_an_audit_with_deadlines_and_tells_the_enterprise():
    world = make_world()
    audit = listed(world)
    assert audit.number == "2026-210500-00001"
    assert audit.listing is not None
    assert (audit.listing.disclose_by, audit.start_by, audit.report_by) == (
        dt.date(2026, 4, 2),
        dt.date(2026, 5, 4),  # the 2nd is a Saturday
        dt.date(2027, 3, 2),
    )
    assert audit.due_on == audit.start_by
    assert Notice.objects.get(recipient=world.manager).kind == "audit.listed"
    assert [line.verb for line in timeline(audit)] == ["audit.listed"]


def test_an_enterprise_is_listed_once_a_year():
    world = make_world()
    listed(world)
    with pytest.raises(Refused) as refused:
        listed(world)
    assert failed(refused.value) == {"L-ONCE"}
    assert Audit.objects.count() == 1


def test_an_authority_of_another_city_cannot_list_it():
    world = make_world()
    world.officer = make_user(make_authority(region_code="210100"), "regulator")
    with pytest.raises(NotAllowed):
        listed(world)
    assert not Audit.objects.exists()


def test_an_industry_department_lists_within_its_industry_only():
    world = make_world(sector_code="C22")
    world.officer = make_user(make_authority(region_code="210000", industry_sectors=["C22"]), "regulator")
    assert listed(world).status == "planned"
    other = make_world(sector_code="C31")
    other.officer = world.officer
    with pytest.raises(NotAllowed):
        listed(other)


def test_a_voluntary_audit_is_supervised_by_the_nearest_environmental_authority():
    world = make_world()
    make_authority(region_code="210000")
    audit = services.open_voluntary(enterprise=world.enterprise, year=2026, by=world.manager, at=START)
    assert audit.authority == world.authority
    assert audit.listing is None


def test_one_round_after_the_other():
    world = make_world()
    listed(world)
    with pytest.raises(Refused) as refused:
        services.open_voluntary(enterprise=world.enterprise, year=2026, by=world.manager, at=START)
    assert failed(refused.value) == {"R-5"}


def test_numbers_run_within_region_and_year():
    assert [listed(make_world()).number for _ in range(3)] == [f"2026-210500-{n:05}" for n in (1, 2, 3)]


def test_an_organisation_not_yet_affirmed_cannot_be_engaged():
    world = make_world()
    world.consultancy = make_consultancy(affirmed_on=dt.date(2026, 6, 1))
    with pytest.raises(Refused) as refused:
        engaged(world)
    assert failed(refused.value) == {"R-24"}


def test_engaging_tells_the_organisation():
    world = make_world()
    engaged(world)
    assert Notice.objects.filter(recipient=world.consultant, kind="audit.engaged").count() == 1


def test_a_declined_audit_goes_back_to_the_enterprise():
    world = make_world()
    audit = with_team(world)
    audit = services.decline(
        audit=audit, version=audit.version, comment="No capacity this year", by=world.consultant, at=later(3)
    )
    assert (audit.status, audit.consultancy) == ("planned", None)
    assert not audit.team.filter(left_on=None).exists()
    assert Notice.objects.filter(recipient=world.manager, kind="audit.declined").exists()


def test_declining_needs_a_comment():
    world = make_world()
    audit = engaged(world)
    with pytest.raises(Invalid) as invalid:
        services.decline(audit=audit, version=audit.version, comment="  ", by=world.consultant, at=later(3))
    assert set(invalid.value.errors) == {"comment"}


def test_w54_one_auditor_and_three_associates_cannot_start():
    world = make_world()
    audit = engaged(world)
    leader = services.add_member(
        audit=audit, auditor=world.leader, role=TeamRole.LEADER, by=world.consultant, at=later(2)
    )
    for _ in range(3):
        associate = make_auditor(world.consultancy.body, level="associate")
        services.add_member(audit=audit, auditor=associate, guide=leader, by=world.consultant, at=later(2))
    with pytest.raises(Refused) as refused:
        services.start(audit=audit, version=audit.version, planned_end=None, by=world.consultant, at=later(3))
    assert failed(refused.value) == {"R-6b"}
    assert "Item 6" in {finding.article for finding in refused.value.findings}


def test_w55_one_auditor_and_one_principal_can_start():
    world = make_world()
    world.second = make_auditor(world.consultancy.body, level="principal")
    assert started(world).status == "in_progress"


def test_w56_an_auditor_who_expires_during_the_audit_is_a_warning_at_formation():
    world = make_world()
    world.second = make_auditor(world.consultancy.body, approved_on=dt.date(2022, 6, 1))  # until 2026-06-01
    audit = started(world)
    assert audit.status == "in_progress"


def test_an_associate_cannot_lead():
    world = make_world()
    third = make_auditor(world.consultancy.body, level="associate")
    audit = engaged(world)
    for auditor, role in ((third, "leader"), (world.leader, "member"), (world.second, "member")):
        services.add_member(audit=audit, auditor=auditor, role=role, by=world.consultant, at=later(2))
    with pytest.raises(Refused) as refused:
        services.start(audit=audit, version=audit.version, planned_end=None, by=world.consultant, at=later(3))
    assert failed(refused.value) == {"R-9"}


def test_an_associate_without_a_guide_stops_the_start():
    world = make_world()
    audit = with_team(world)
    associate = make_auditor(world.consultancy.body, level="associate")
    services.add_member(audit=audit, auditor=associate, by=world.consultant, at=later(2))
    with pytest.raises(Refused) as refused:
        services.start(audit=audit, version=audit.version, planned_end=None, by=world.consultant, at=later(3))
    assert failed(refused.value) == {"R-9"}


def test_starting_opens_stage_one_and_dates_the_report():
    world = make_world()
    audit = started(world)
    assert [stage.status for stage in audit.stages.all()] == ["open"] + ["not_begun"] * 6
    assert audit.due_on == audit.report_by


def test_a_stale_tab_is_told_what_happened():
    world = make_world()
    audit = listed(world)
    seen = audit.version
    services.engage(audit=audit, consultancy=world.consultancy.body, version=seen, by=world.manager, at=later(1))
    with pytest.raises(Stale) as stale:
        services.self_audit(audit=audit, version=seen, by=world.manager, at=later(1))
    assert "engaged" in stale.value.params["last"]


def test_an_empty_stage_is_refused_with_every_point():
    world = make_world()
    audit = started(world)
    stage = audit.stages.get(number=1)
    with pytest.raises(Refused) as refused:
        services.complete_stage(stage=stage, version=stage.version, by=world.consultant, at=later(4))
    assert failed(refused.value) == {"R-5", "M-REPORT", "M-STEP", "M-1.4"}
    stage.refresh_from_db()
    assert stage.status == "open"


def test_stages_are_completed_in_order_but_worked_on_at_once():
    world = make_world()
    audit = started(world)
    fill_stage(world, audit, 2, later(20))
    stage = audit.stages.get(number=2)
    with pytest.raises(Refused) as refused:
        services.complete_stage(stage=stage, version=stage.version, by=world.consultant, at=later(20))
    assert failed(refused.value) == {"R-5"}
    complete(world, audit, 1, later(21))
    stage.refresh_from_db()
    services.complete_stage(stage=stage, version=stage.version, by=world.consultant, at=later(22))


def test_stage_four_needs_screened_options_with_costs():
    world = make_world()
    audit = started(world)
    for number in (1, 2, 3):
        complete(world, audit, number, later(10 * number))
    fill_stage(world, audit, 4, later(40))
    stage = audit.stages.get(number=4)
    with pytest.raises(Refused) as refused:
        services.complete_stage(stage=stage, version=stage.version, by=world.consultant, at=later(40))
    assert failed(refused.value) == {"R-2"}
    options = add_rows_of_options(audit)
    audit.options.filter(pk=options[0].pk).update(status="proposed", planned_investment=None)
    with pytest.raises(Refused) as refused:
        services.complete_stage(stage=stage, version=stage.version, by=world.consultant, at=later(40))
    assert failed(refused.value) == {"M-SCREEN", "M-CLASS"}


def test_seven_stages_complete_and_ask_the_auditors_to_sign():
    world = make_world()
    audit = all_stages_completed(world)
    assert {stage.status for stage in audit.stages.all()} == {"completed"}
    asked = Notice.objects.filter(kind="audit.to_sign").values_list("recipient", flat=True)
    assert set(asked) == {world.consultant.pk, world.second.user_id}


def test_whoever_corrects_a_stage_sent_back_is_reminded_once_a_window():
    world = make_world()
    audit = started(world)
    complete(world, audit, 1, later(10))
    stage = audit.stages.get(number=1)
    services.send_stage_back(
        stage=stage, version=stage.version, comment="Who trained the night shift?", due_on=dt.date(2026, 4, 20),
        by=world.officer, at=later(11),
    )  # fmt: skip
    for days in (11, 30, 31, 43, 44, 49):  # 38, 19, 18, 6, 5 days left, and the day itself
        services.run_clocks(at=later(days))
    reminded = Notice.objects.filter(recipient=world.consultant, kind="audit.due_soon", facts__what__msgid="Stage 1")
    assert reminded.count() == 3
    assert not Notice.objects.filter(kind="stage.overdue").exists()


def test_the_authority_sends_a_stage_back_with_a_date_and_the_clock_escalates_once():
    world = make_world()
    audit = started(world)
    complete(world, audit, 1, later(10))
    stage = audit.stages.get(number=1)
    due = dt.date(2026, 3, 20)
    back = services.send_stage_back(
        stage=stage,
        version=stage.version,
        comment="Who trained the night shift?",
        due_on=due,
        by=world.officer,
        at=later(11),
    )
    assert (back.status, back.due_on) == ("sent_back", due)
    assert Notice.objects.filter(recipient=world.consultant, kind="stage.sent_back").count() == 1
    services.run_clocks(at=later(18))  # the last day itself is not late
    assert not Notice.objects.filter(kind="stage.overdue").exists()
    services.run_clocks(at=later(25))
    services.run_clocks(at=later(26))
    assert Notice.objects.filter(recipient=world.officer, kind="stage.overdue").count() == 1
    assert Event.objects.filter(verb="stage.overdue").count() == 1


def test_a_rescinded_consultancy_is_not_engaged_and_starts_nothing():
    """R-24 is asked on the day itself: one that was rescinded after it was engaged cannot start either."""
    world = make_world()
    audit = listed(world)
    ended = make_consultancy(ended_on=dt.date(2026, 1, 1))
    with pytest.raises(Refused) as refused:
        services.engage(
            audit=audit, consultancy=ended.body, version=audit.version, by=world.manager, at=later(1)
        )  # fmt: skip
    assert failed(refused.value) == {"R-24"}
    other = with_team(make_world())
    other.consultancy.organisation.ended_on = dt.date(2026, 3, 4)
    other.consultancy.organisation.save()
    leader = other.team.get(role="leader").user
    with pytest.raises(Refused) as refused:
        services.start(audit=other, version=other.version, planned_end=None, by=leader, at=later(3))
    assert failed(refused.value) == {"R-24"}


def test_nobody_sends_back_or_cancels_what_he_worked_on_for_the_other_side():
    """He is in no team and signed nothing, but the timeline knows that he submitted the stage."""
    world = make_world()
    audit = started(world)
    fill_stage(world, audit, 1, later(9))
    changer = make_user(world.consultancy, "consultancy_manager")
    stage = audit.stages.get(number=1)
    stage, _findings = services.complete_stage(stage=stage, version=stage.version, by=changer, at=later(10))
    changer.acting_as(make_posting(changer, world.authority, "regulator"))
    with pytest.raises(NotAllowed, match="yourself"):
        services.send_stage_back(
            stage=stage, version=stage.version, comment="No", due_on=dt.date(2026, 4, 1), by=changer, at=later(11)
        )
    with pytest.raises(NotAllowed, match="yourself"):
        services.cancel(audit=audit, version=audit.version, comment="No", by=changer, at=later(11))


def test_a_stage_of_a_cancelled_audit_does_not_escalate():
    world = make_world()
    audit = started(world)
    complete(world, audit, 1, later(10))
    stage = audit.stages.get(number=1)
    services.send_stage_back(
        stage=stage, version=stage.version, comment="Why?", due_on=dt.date(2026, 3, 20), by=world.officer, at=later(11)
    )
    audit.refresh_from_db()
    services.cancel(audit=audit, version=audit.version, comment="Closed down", by=world.officer, at=later(12))
    services.run_clocks(at=later(25))
    assert not Notice.objects.filter(kind="stage.overdue").exists()


def test_a_completed_stage_takes_no_text_from_a_page_opened_before():
    world = make_world()
    audit = started(world)
    fill_stage(world, audit, 1, later(9))
    stage, seen_before = audit.stages.get(number=1), audit.stages.get(number=1)
    services.complete_stage(stage=stage, version=stage.version, by=world.consultant, at=later(10))
    with pytest.raises(Refused, match="not in work"):
        services.write_section(
            stage=seen_before, key="plan", text="", version=1, by=world.second_user, at=later(11)
        )  # fmt: skip


def test_sending_back_needs_a_comment_and_a_day_in_the_future():
    world = make_world()
    audit = started(world)
    complete(world, audit, 1, later(10))
    stage = audit.stages.get(number=1)
    with pytest.raises(Invalid) as invalid:
        services.send_stage_back(
            stage=stage, version=stage.version, comment="", due_on=dt.date(2026, 3, 13), by=world.officer, at=later(11)
        )
    assert set(invalid.value.errors) == {"comment", "due_on"}


def test_a_missed_night_of_the_clock_loses_no_reminder_and_tells_nobody_twice():
    world = make_world()
    listed(world)  # start by Monday 2026-05-04
    told = [services.run_clocks(at=later(days)) for days in (10, 20, 40, 41, 58, 62, 63, 64, 65)]
    kinds = Notice.objects.filter(recipient=world.manager).exclude(kind="audit.listed")
    assert sorted(kinds.values_list("kind", flat=True)) == ["audit.due_soon"] * 3 + ["audit.overdue"]
    assert told[-1] == 0
    assert Notice.objects.filter(recipient=world.officer, kind="audit.overdue").count() == 1


def test_two_people_writing_one_section_lose_nothing():
    world = make_world()
    audit = started(world)
    stage = audit.stages.get(number=1)
    services.write_section(stage=stage, key="plan", text="first", version=0, by=world.consultant, at=later(4))
    with pytest.raises(Stale):
        services.write_section(stage=stage, key="plan", text="second", version=0, by=world.second_user, at=later(4))
    services.write_section(stage=stage, key="plan", text="second", version=1, by=world.second_user, at=later(4))
    assert Section.objects.get(stage=stage, key="plan").text == "second"


def test_a_completed_stage_takes_no_more_text_until_reopened():
    world = make_world()
    audit = started(world)
    complete(world, audit, 1, later(10))
    stage = audit.stages.get(number=1)
    with pytest.raises(Refused):
        services.write_section(stage=stage, key="plan", text="x", version=1, by=world.consultant, at=later(11))
    stage = services.reopen_stage(
        stage=stage, version=stage.version, comment="Wrong date", by=world.consultant, at=later(11)
    )
    services.write_section(stage=stage, key="plan", text="x", version=1, by=world.consultant, at=later(11))


@pytest.mark.parametrize(
    ("hours", "day", "field"),
    [("0", 0, "hours"), ("24.5", 0, "hours"), ("8", 5, "worked_on")],
)
def test_impossible_hours_are_refused(hours, day, field):
    world = make_world()
    audit = started(world)
    member = audit.team.first()
    with pytest.raises(Invalid) as invalid:
        services.log_work(
            audit=audit, member=member, field="stage_1", worked_on=(later(4 + day)).date(), hours=Decimal(hours),
            by=world.consultant, at=later(4),
        )  # fmt: skip
    assert set(invalid.value.errors) == {field}


def test_a_day_has_24_hours_over_all_fields():
    world = make_world()
    audit = started(world)
    member = audit.team.first()
    day = later(4).date()
    for field in ("stage_1", "stage_2"):
        services.log_work(
            audit=audit,
            member=member,
            field=field,
            worked_on=day,
            hours=Decimal("12"),
            by=world.consultant,
            at=later(4),
        )
    with pytest.raises(Invalid):
        services.log_work(
            audit=audit,
            member=member,
            field="stage_3",
            worked_on=day,
            hours=Decimal("0.1"),
            by=world.consultant,
            at=later(4),
        )


def test_nobody_outside_the_audit_writes_in_it():
    world = make_world()
    audit = started(world)
    stage = audit.stages.get(number=1)
    stranger = make_user(make_consultancy(), "consultancy_manager")
    for user in (stranger, world.officer, world.manager, make_user(make_enterprise(), "enterprise_manager")):
        with pytest.raises(NotAllowed):
            services.write_section(stage=stage, key="plan", text="x", version=0, by=user, at=later(4))


def test_cost_classes_freeze_with_stage_four():
    world = make_world()
    audit = started(world)
    audit = services.set_thresholds(
        audit=audit, low_max=Decimal("20000"), medium_max=Decimal("300000"), version=audit.version,
        by=world.consultant, at=later(4),
    )  # fmt: skip
    assert audit.cost_low_max == Decimal("20000")
    for number in range(1, 5):
        if number == 4:
            add_rows_of_options(audit)
        complete(world, audit, number, later(10 * number))
    with pytest.raises(Refused) as refused:
        services.set_thresholds(
            audit=audit, low_max=Decimal("1"), medium_max=Decimal("2"), version=audit.version,
            by=world.consultant, at=later(50),
        )  # fmt: skip
    assert failed(refused.value) == {"M-CLASS"}
