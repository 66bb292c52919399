"""What people do to options: by whom, when, with which effect, event and refusal."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from audits.options import services
from audits.options.models import EffectKind, Option, OptionEffect
from audits.options.rules import CostClass, OptionStatus, cost_class
from audits.options.rules.transitions import OptionAction, Situation, fitting, rows_for
from audits.options.tasks import note_overdue_options
from audits.workflow.policies import sides_of
from audits.workflow.rules.transitions import Status
from cpaudit.accounts.models import User
from cpaudit.celery import app as celery
from cpaudit.documents.models import StoredFile
from cpaudit.notices.models import Notice
from cpaudit.rulebook.errors import Invalid, NotAllowed, Refusal, Refused, Stale
from cpaudit.trail.models import Event
from cpaudit.trail.selectors import line_of
from tests.factories.options import AT, CHEAP, DEAR, TODAY, Case, bring_to, make_case, make_option
from tests.factories.people import make_consultancy, make_enterprise, make_user
from tests.factories.reference import metric

pytestmark = pytest.mark.django_db
D = Decimal
S, A = OptionStatus, OptionAction


@pytest.fixture
def case() -> Case:
    return make_case()


def last_event(option: Option) -> Event:
    return Event.objects.about(option.audit).filter(part=option.part).last()


def fresh(option: Option) -> Option:
    return Option.objects.get(pk=option.pk)


def pdf(name: str = "invoice.pdf") -> ContentFile:
    return ContentFile(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n", name)


# --- Every action, in every status of option and audit, by everybody ------------------------------------------------
def do(action: OptionAction, option: Option | None, case: Case, by: User) -> None:
    """The service behind an action, with whatever it needs to succeed."""
    usual = {"by": by, "at": AT}
    if option is None or action is A.ADD:
        services.add_option(audit=case.audit, title="Another", **usual)
        return
    on = {"option": option, "version": option.version} | usual
    effect = {"metric": metric("cod"), "amount": D(1), "unit": "t", "method": "measured"}
    results = {"implemented_on": TODAY, "actual_investment": D(1), "actual_benefit": D(1)}
    match action:
        case A.CHANGE:
            services.change_option(changes={"title": "Changed"}, **on)
        case A.EXPECT:
            services.record_effect(kind=EffectKind.EXPECTED, **effect, **on)
        case A.MEASURE:
            services.record_effect(kind=EffectKind.MEASURED, **effect, **on)
        case A.EVIDENCE:
            services.add_evidence(option=option, upload=pdf(), **usual)
        case A.SCREEN_IN | A.SCREEN_OUT:
            services.screen_option(feasible=action is A.SCREEN_IN, reason="Examined.", **on)
        case A.UNDO_SCREENING:
            services.undo_screening(**on)
        case A.REMOVE:
            services.remove_option(**on)
        case A.START:
            services.start_option(**on)
        case A.PROGRESS:
            services.record_progress(progress=40, **on)
        case A.IMPLEMENT:
            services.mark_implemented(**results, **on)
        case A.CORRECT:
            services.correct_results(**results, **on)
        case A.ABANDON:
            services.abandon_option(reason="No use.", **on)
        case A.REOPEN:
            services.reopen_option(**on)


BY_HAND = [action for action in OptionAction if action is not A.APPROVE]


@pytest.mark.parametrize(
    "audit_status",
    [Status.IN_PROGRESS, Status.RETURNED, Status.FILED, Status.APPROVED, Status.CLOSED, Status.REJECTED,
     Status.CANCELLED],
)  # fmt: skip
def test_each_service_does_what_the_table_says_and_nothing_else(case: Case, audit_status: Status) -> None:
    options = {status: make_option(case, status) for status in S if status is not S.APPROVED}
    bring_to(case, audit_status)
    stranger = make_user(make_consultancy(), "consultancy_manager")
    people = [case.consultant, case.manager, case.staff, case.regulator, stranger]
    for action, (status, option), person in itertools.product(BY_HAND, options.items(), people):
        now = fresh(option)
        rows = rows_for(action, sides_of(person, case.audit), person.may)
        asked = Situation(None if action is A.ADD else now.status, now.cost_class, case.audit.status)
        row = fitting(rows, asked)
        before = Event.objects.count()
        with transaction.atomic():
            try:
                do(action, now, case, person)
            except Refusal as refusal:
                assert row is None, (action, status, person)
                assert isinstance(refusal, Refused if rows else NotAllowed), (action, status, person)
                assert Event.objects.count() == before
            else:
                assert row is not None, (action, status, person)
                assert Event.objects.count() == before + 1
                if action is not A.ADD:
                    after = Option.objects.filter(pk=option.pk).first()
                    assert (after is None) == row.removes
                    assert after is None or after.status == (row.target or now.status)
            transaction.set_rollback(True)


def test_every_change_compares_the_version(case: Case) -> None:
    for action in BY_HAND:
        if action in {A.ADD, A.EVIDENCE}:  # these overrule nothing
            continue
        for status in (S.PROPOSED, S.SCREENED_OUT, S.FEASIBLE, S.IN_PROGRESS, S.IMPLEMENTED, S.ABANDONED):
            with transaction.atomic():
                option = make_option(case, status)
                row = fitting(
                    rows_for(action, sides_of(case.consultant, case.audit), case.consultant.may),
                    Situation(option.status, option.cost_class, case.audit.status),
                )
                if row is not None:
                    option.version -= 1
                    with pytest.raises(Stale):
                        do(action, option, case, case.consultant)
                transaction.set_rollback(True)


# --- The register ---------------------------------------------------------------------------------------------------
def test_options_are_numbered_and_classed(case: Case) -> None:
    first, second = make_option(case), make_option(case, planned_investment=DEAR)
    assert (first.code, first.cost_class, first.status) == ("01", "low", "proposed")
    assert (second.code, second.cost_class) == ("02", "high")
    assert first.currency == case.audit.currency
    assert line_of(last_event(first)).sentence.endswith("01 Reuse of cooling water")


def test_a_code_is_taken_once(case: Case) -> None:
    make_option(case, code="N1")
    with pytest.raises(Invalid) as refused:
        make_option(case, code="N1")
    assert "code" in refused.value.errors
    assert Option.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"code": "a/b"}, "code"),
        ({"aspect": "weather"}, "aspect"),
        ({"aspect": "waste", "other_aspects": ["waste"]}, "other_aspects"),
        ({"other_aspects": ["waste", "waste"]}, "other_aspects"),
        ({"planned_investment": D(-1)}, "planned_investment"),
        ({"planned_investment": D("0.001")}, "planned_investment"),
        ({"planned_investment": D("NaN")}, "planned_investment"),
        ({"planned_benefit": D(10) ** 16}, "planned_benefit"),
        ({"responsible": "x" * 121}, "responsible"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(case: Case, fields: dict, wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_option(case, **fields)
    assert set(refused.value.errors) == {wrong}
    assert not Option.objects.exists()


def test_a_negative_benefit_is_taken(case: Case) -> None:
    assert make_option(case, planned_benefit=D(-500)).planned_benefit == D(-500)


def test_only_what_a_person_writes_can_be_written(case: Case) -> None:
    with pytest.raises(TypeError):
        make_option(case, progress=100)
    option = make_option(case)
    with pytest.raises(TypeError):
        services.change_option(
            option=option, changes={"cost_class": "no"}, version=option.version, by=case.consultant, at=AT
        )


def test_a_change_tells_which_fields_and_moves_the_class(case: Case) -> None:
    option = make_option(case)
    changed = services.change_option(
        option=option, changes={"title": option.title, "planned_investment": DEAR, "due_on": TODAY},
        version=option.version, by=case.consultant, at=AT,
    )  # fmt: skip
    assert (changed.cost_class, changed.version) == ("high", option.version + 1)
    event = last_event(changed)
    assert line_of(event).sentence.endswith("planned investment, due on")
    assert event.facts["changes"]["planned_investment"] == ["20000.00", "900000"]


def test_a_change_of_nothing_is_no_event(case: Case) -> None:
    option = make_option(case)
    before = Event.objects.count()
    same = services.change_option(
        option=option, changes={"title": option.title}, version=option.version, by=case.consultant, at=AT
    )
    assert (same.version, Event.objects.count()) == (option.version, before)


def test_the_class_stays_once_stage_4_is_completed(case: Case) -> None:
    option = make_option(case)
    case.complete_stage_4()
    changed = services.change_option(
        option=option, changes={"planned_investment": DEAR}, version=option.version, by=case.consultant, at=AT
    )
    assert (changed.planned_investment, changed.cost_class) == (DEAR, "low")


def test_a_begun_option_cannot_be_planned_dearer(case: Case) -> None:
    option = make_option(case, S.IN_PROGRESS)
    with pytest.raises(Refused) as refused:
        services.change_option(
            option=option, changes={"planned_investment": DEAR}, version=option.version, by=case.consultant, at=AT
        )
    assert refused.value.findings[0].rule == "R-5"
    assert fresh(option).planned_investment == CHEAP


def test_a_verdict_needs_a_reason(case: Case) -> None:
    option = make_option(case)
    for feasible in (True, False):
        with pytest.raises(Invalid) as refused:
            services.screen_option(
                option=option, feasible=feasible, reason=" ", version=option.version, by=case.consultant, at=AT
            )
        assert "reason" in refused.value.errors
    assert fresh(option).status == S.PROPOSED


def test_a_verdict_is_kept_with_its_reason_and_can_be_undone(case: Case) -> None:
    option = make_option(case, S.SCREENED_OUT)
    assert (option.screening_reason, option.screened_at) == ("Examined.", AT)
    assert "Screened out. Reason: Examined." in line_of(last_event(option)).sentence
    back = services.undo_screening(option=option, version=option.version, by=case.consultant, at=AT)
    assert (back.status, back.screening_reason, back.screened_at) == (S.PROPOSED, "", None)


def test_removing_takes_the_effects_along_and_keeps_the_trace(case: Case) -> None:
    option = make_option(case)
    services.record_effect(
        option=option, kind=EffectKind.EXPECTED, metric=metric("cod"), amount=D(1), unit="t", method="estimated",
        version=option.version, by=case.consultant, at=AT,
    )  # fmt: skip
    option = fresh(option)
    services.remove_option(option=option, version=option.version, by=case.consultant, at=AT)
    assert not Option.objects.exists()
    assert not OptionEffect.objects.exists()
    assert last_event(option).verb == "option.removed"


# --- Cost classes ---------------------------------------------------------------------------------------------------
def test_new_limits_class_all_options_anew_as_the_rule_does(case: Case) -> None:
    investments = [None, D(0), D("0.01"), D(100), D("100.01"), D(1000), D("1000.01"), DEAR]
    options = [make_option(case, planned_investment=investment) for investment in investments]
    low, medium = D(100), D(1000)
    audit = services.set_thresholds(
        audit=case.audit, low_max=low, medium_max=medium, version=case.audit.version, by=case.consultant, at=AT
    )
    assert (audit.cost_low_max, audit.cost_medium_max) == (low, medium)
    classes = [fresh(option).cost_class for option in options]
    assert classes == [cost_class(investment, low, medium) or "" for investment in investments]
    assert set(classes) == {"", *CostClass}


def test_limits_are_refused_with_a_finding_once_stage_4_is_completed(case: Case) -> None:
    option = make_option(case)
    case.complete_stage_4()
    with pytest.raises(Refused) as refused:
        services.set_thresholds(
            audit=case.audit, low_max=D(1), medium_max=D(2), version=case.audit.version, by=case.consultant, at=AT
        )
    assert refused.value.findings[0].blocks
    assert fresh(option).cost_class == "low"


def test_an_option_in_another_currency_has_no_class(case: Case) -> None:
    option = make_option(case)
    Option.objects.filter(pk=option.pk).update(currency="USD")
    services.set_thresholds(
        audit=case.audit, low_max=D(1), medium_max=D(2), version=case.audit.version, by=case.consultant, at=AT
    )
    assert fresh(option).cost_class == ""


# --- Carrying out ---------------------------------------------------------------------------------------------------
def test_only_cheap_options_are_begun_before_the_approval(case: Case) -> None:
    dear = make_option(case, S.FEASIBLE, planned_investment=DEAR)
    for person in (case.consultant, case.manager):
        with pytest.raises(Refused) as refused:
            services.start_option(option=dear, version=dear.version, by=person, at=AT)
        assert "R-5" in {finding.rule for finding in refused.value.findings}
    cheap = make_option(case, S.FEASIBLE)
    assert services.start_option(option=cheap, version=cheap.version, by=case.staff, at=AT).status == S.IN_PROGRESS


def test_approval_makes_every_feasible_option_binding_and_no_other(case: Case) -> None:
    made = {status: make_option(case, status) for status in S if status is not S.APPROVED}
    another = make_case(region_code="210100")
    elsewhere = make_option(another, S.FEASIBLE)
    case.approve()
    after = {status: fresh(option).status for status, option in made.items()}
    assert after == {status: S.APPROVED if status is S.FEASIBLE else status for status in made}
    assert fresh(elsewhere).status == S.FEASIBLE
    event = Event.objects.about(case.audit).last()
    assert (event.verb, event.facts["count"]) == ("option.made_binding", 1)
    assert services.approve_feasible(audit=case.audit, by=case.regulator, at=AT) == 0


def test_nothing_becomes_binding_while_the_audit_is_not_approved(case: Case) -> None:
    option = make_option(case, S.FEASIBLE)
    assert services.approve_feasible(audit=case.audit, by=case.regulator, at=AT) == 0
    assert fresh(option).status == S.FEASIBLE


def test_progress_keeps_what_is_known_so_far(case: Case) -> None:
    option = make_option(case, S.APPROVED, planned_investment=DEAR)
    option = services.start_option(option=option, version=option.version, by=case.staff, at=AT)
    option = services.record_progress(
        option=option, progress=60, note=" Pump delivered. ", actual_investment=D("500000.50"),
        version=option.version, by=case.staff, at=AT,
    )  # fmt: skip
    assert (option.progress, option.progress_note) == (60, "Pump delivered.")
    assert (option.actual_investment, option.actual_benefit) == (D("500000.50"), None)
    with pytest.raises(Invalid):
        services.record_progress(option=option, progress=101, version=option.version, by=case.staff, at=AT)
    with pytest.raises(Invalid):
        services.record_progress(
            option=option, progress=70, actual_investment=D(-1), version=option.version, by=case.staff, at=AT
        )


def implement(option: Option, by: User, **changes: object) -> Option:
    results = {"implemented_on": TODAY, "actual_investment": D(5), "actual_benefit": D(7)} | changes
    return services.mark_implemented(option=option, version=option.version, by=by, at=AT, **results)


def test_a_dear_option_without_evidence_is_not_implemented(case: Case) -> None:
    option = make_option(case, S.APPROVED, planned_investment=DEAR)
    with pytest.raises(Refused) as refused:
        implement(option, case.staff)
    (finding,) = [finding for finding in refused.value.findings if finding.blocks]
    assert "evidence" in finding.text
    assert fresh(option).status == S.APPROVED


def test_a_dear_option_is_implemented_with_the_file_given_along(case: Case) -> None:
    option = make_option(case, S.APPROVED, planned_investment=DEAR)
    done = implement(option, case.staff, evidence=pdf())
    assert done.status == S.IMPLEMENTED
    (file,) = StoredFile.objects.about(case.audit)
    assert (file.name, file.part, file.uploaded_by) == ("invoice.pdf", option.part, case.staff)


def test_evidence_added_before_counts_and_removed_evidence_does_not(case: Case) -> None:
    option = make_option(case, S.APPROVED, planned_investment=DEAR)
    file = services.add_evidence(option=option, upload=pdf(), caption="Invoice", by=case.staff, at=AT)
    services.remove_evidence(option=option, file=file, by=case.staff, at=AT)
    with pytest.raises(Refused):
        implement(option, case.staff)
    services.add_evidence(option=option, upload=pdf(), by=case.staff, at=AT)
    assert implement(option, case.staff).status == S.IMPLEMENTED


def test_a_file_of_another_option_is_no_evidence(case: Case) -> None:
    other = make_option(case, S.FEASIBLE)
    option = make_option(case, S.APPROVED, planned_investment=DEAR)
    services.add_evidence(option=fresh(other), upload=pdf(), by=case.staff, at=AT)
    with pytest.raises(Refused):
        implement(option, case.staff)


def test_a_cheap_option_needs_money_spent_and_something_gained(case: Case) -> None:
    option = make_option(case, S.APPROVED)
    for missing in ("implemented_on", "actual_investment", "actual_benefit"):
        with pytest.raises(Refused):
            implement(option, case.staff, **{missing: None})
    done = implement(option, case.staff)
    assert (done.status, done.progress, done.implemented_on) == (S.IMPLEMENTED, 100, TODAY)
    assert last_event(done).facts["implemented_on"] == TODAY.isoformat()


def test_a_measured_effect_stands_for_the_benefit(case: Case) -> None:
    option = make_option(case, S.IN_PROGRESS)
    services.record_effect(
        option=option, kind=EffectKind.MEASURED, metric=metric("cod"), amount=D(3), unit="t", method="measured",
        version=option.version, by=case.staff, at=AT,
    )  # fmt: skip
    assert implement(fresh(option), case.staff, actual_benefit=None).status == S.IMPLEMENTED


def test_results_are_corrected_and_stay_complete(case: Case) -> None:
    option = make_option(case, S.IMPLEMENTED)
    with pytest.raises(Refused):
        services.correct_results(
            option=option, implemented_on=TODAY, actual_investment=None, actual_benefit=D(1),
            version=option.version, by=case.staff, at=AT,
        )  # fmt: skip
    corrected = services.correct_results(
        option=option, implemented_on=TODAY, actual_investment=D(18_000), actual_benefit=D(-20),
        version=option.version, by=case.staff, at=AT,
    )  # fmt: skip
    assert corrected.actual_benefit == D(-20)
    assert last_event(option).facts["changes"] == {"actual_benefit": ["9000.00", "-20"]}


def test_abandoning_needs_a_reason_and_can_be_taken_back(case: Case) -> None:
    option = make_option(case, S.APPROVED)
    with pytest.raises(Invalid):
        services.abandon_option(option=option, reason="", version=option.version, by=case.staff, at=AT)
    gone = services.abandon_option(option=option, reason="Line sold.", version=option.version, by=case.staff, at=AT)
    assert (gone.status, gone.abandoned_reason) == (S.ABANDONED, "Line sold.")
    back = services.reopen_option(option=gone, version=gone.version, by=case.manager, at=AT)
    assert (back.status, back.abandoned_reason) == (S.APPROVED, "")


def test_an_enterprise_that_audits_itself_does_both(reference: None) -> None:
    case = make_case(self_audit=True)
    option = make_option(case, S.IN_PROGRESS)
    assert implement(option, case.manager).status == S.IMPLEMENTED


def test_another_enterprise_may_do_nothing(case: Case) -> None:
    option = make_option(case, S.IN_PROGRESS)
    neighbour = make_user(make_enterprise(), "enterprise_manager")
    with pytest.raises(NotAllowed):
        services.record_progress(option=option, progress=1, version=option.version, by=neighbour, at=AT)


# --- Effects --------------------------------------------------------------------------------------------------------
def test_an_effect_is_kept_as_given_and_in_the_base_unit(case: Case) -> None:
    option = make_option(case)
    effect = services.record_effect(
        option=option, kind=EffectKind.EXPECTED, metric=metric("fresh_water"), amount=D("1.25"), unit="10k_t",
        method="balance", note="from the balance", version=option.version, by=case.consultant, at=AT,
    )  # fmt: skip
    assert (effect.amount, effect.given_amount, effect.given_unit) == (D(12_500), D("1.25"), "10k_t")
    assert "Fresh water 1.25 10⁴ t" in line_of(last_event(option)).sentence


def test_a_second_statement_replaces_the_first(case: Case) -> None:
    option = make_option(case)
    for amount in (D(1), D(-2)):
        services.record_effect(
            option=option, kind=EffectKind.EXPECTED, metric=metric("cod"), amount=amount, unit="kg",
            method="estimated", version=fresh(option).version, by=case.consultant, at=AT,
        )  # fmt: skip
    (effect,) = option.effects.all()
    assert effect.amount == D("-0.002")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"unit": "kWh"}, Invalid), ({"unit": "bushel"}, Invalid), ({"method": "guessed"}, Invalid),
        ({"amount": D(10) ** 18}, Invalid), ({"amount": D("NaN")}, Invalid), ({"amount": D("Infinity")}, Invalid),
    ],
)  # fmt: skip
def test_an_effect_that_means_nothing_is_refused(case: Case, changes: dict, refusal: type[Exception]) -> None:
    option = make_option(case)
    effect = {"metric": metric("cod"), "amount": D(1), "unit": "t", "method": "measured"} | changes
    with pytest.raises(refusal):
        services.record_effect(
            option=option, kind=EffectKind.EXPECTED, version=option.version, by=case.consultant, at=AT, **effect
        )
    assert not option.effects.exists()


def test_removing_an_effect_asks_the_same_as_stating_it(case: Case) -> None:
    option = make_option(case)
    effect = services.record_effect(
        option=option, kind=EffectKind.EXPECTED, metric=metric("cod"), amount=D(1), unit="t", method="estimated",
        version=option.version, by=case.consultant, at=AT,
    )  # fmt: skip
    version = fresh(option).version
    with pytest.raises(NotAllowed):
        services.remove_effect(effect=effect, version=version, by=case.staff, at=AT)
    services.remove_effect(effect=effect, version=version, by=case.consultant, at=AT)
    assert not option.effects.exists()
    with pytest.raises(Stale):
        services.remove_effect(effect=effect, version=version, by=case.consultant, at=AT)


# --- Overdue --------------------------------------------------------------------------------------------------------
def day(number: int) -> dt.datetime:
    return AT + dt.timedelta(days=number)


def test_an_overdue_option_is_told_once_to_both_sides_however_often_and_late_the_sweep_runs(case: Case) -> None:
    option = make_option(case, due_on=TODAY)
    option = services.screen_option(
        option=option, feasible=True, reason="Good.", version=option.version, by=case.consultant, at=AT
    )
    case.approve()
    assert services.note_overdue(at=AT) == 0
    assert services.note_overdue(at=day(5)) == 1
    assert services.note_overdue(at=day(5)) == services.note_overdue(at=day(6)) == 0
    told = Notice.objects.filter(kind="option.overdue")
    assert {notice.recipient for notice in told} == {case.manager, case.regulator}
    assert Event.objects.about(case.audit).filter(verb="option.overdue", part=option.part).count() == 1


def test_the_schedule_asks_for_it(case: Case) -> None:
    make_option(case, S.IN_PROGRESS, due_on=dt.date(2026, 1, 1))
    planned = [entry["task"] for entry in celery.conf.beat_schedule.values()]
    assert note_overdue_options.name in planned
    note_overdue_options()
    assert Notice.objects.filter(kind="option.overdue").exists()


def test_a_new_due_date_is_told_again(case: Case) -> None:
    option = make_option(case, S.IN_PROGRESS, due_on=TODAY)
    assert services.note_overdue(at=day(1)) == 1
    services.change_option(
        option=option, changes={"due_on": TODAY + dt.timedelta(days=2)}, version=option.version,
        by=case.consultant, at=AT,
    )  # fmt: skip
    assert services.note_overdue(at=day(2)) == 0
    assert services.note_overdue(at=day(3)) == 1


def test_what_is_done_given_up_or_of_an_ended_audit_is_never_overdue(case: Case) -> None:
    for status in (S.PROPOSED, S.SCREENED_OUT, S.FEASIBLE, S.IMPLEMENTED, S.ABANDONED):
        make_option(case, status, due_on=TODAY)
    ended = make_case(region_code="210100")
    make_option(ended, S.IN_PROGRESS, due_on=TODAY)
    bring_to(ended, Status.CANCELLED)
    assert services.note_overdue(at=day(1)) == 0


# --- What the database promises -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "01"}, {"status": "lost"}, {"status": "abandoned"}, {"status": "screened_out"}, {"progress": 101},
        {"planned_investment": D(-1)}, {"actual_investment": D(-1)},
    ],
)  # fmt: skip
def test_the_database_refuses_what_cannot_be(case: Case, wrong: dict) -> None:
    make_option(case)
    other = make_option(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Option.objects.filter(pk=other.pk).update(**wrong)
