"""Keeping the register: people, registrations, their end."""

import datetime as dt

import pytest

from auditors.people.models import Auditor
from auditors.people.services import change_auditor, enter_auditor
from auditors.registration.selectors import auditors_of, highest, qualified_on, registrations_on
from auditors.registration.services import end_registration, enter_registration
from cpaudit.notices.models import Notice
from cpaudit.rulebook.errors import Invalid, NotAllowed, Refused, Stale
from cpaudit.trail.selectors import timeline
from tests.factories.people import make_authority, make_centre, make_consultancy, make_enterprise, make_user

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
day = dt.date.fromisoformat


@pytest.fixture
def registrar(db):
    return make_user(make_centre(), "registrar", name_en="Chen Jie")


@pytest.fixture
def wang(registrar):
    return enter_auditor(name_zh="王芳", name_en="Wang Fang", by=registrar, at=AT)


def entered(auditor, by, level="auditor", approved_on="2025-01-10", certificate_no="CP-1"):
    return enter_registration(
        auditor=auditor, level=level, certificate_no=certificate_no, approved_on=day(approved_on), by=by, at=AT
    )


# --- People ---------------------------------------------------------------------------------------------------------
def test_an_auditor_is_entered_and_linked_to_his_account_by_e_mail(registrar):
    consultancy = make_consultancy()
    user = make_user(consultancy, email="wang@example.org")
    auditor = enter_auditor(name_zh=" 王芳 ", employer=consultancy.body, email="Wang@Example.org", by=registrar, at=AT)
    assert (auditor.name_zh, auditor.user, auditor.employer) == ("王芳", user, consultancy.body)
    assert [line.sentence for line in timeline(auditor)] == ["Chen Jie entered the auditor"]


def test_an_unknown_e_mail_and_a_missing_name_are_told_together(registrar):
    with pytest.raises(Invalid) as refusal:
        enter_auditor(name_zh=" ", email="nobody@example.org", by=registrar, at=AT)
    assert refusal.value.errors.keys() == {"name_zh", "email"}


def test_one_account_is_one_auditor(registrar):
    make_user(email="wang@example.org")
    enter_auditor(name_zh="王芳", email="wang@example.org", by=registrar, at=AT)
    with pytest.raises(Invalid) as refusal:
        enter_auditor(name_zh="李雷", email="wang@example.org", by=registrar, at=AT)
    assert refusal.value.errors.keys() == {"email"}
    assert Auditor.objects.count() == 1


@pytest.mark.parametrize("make", [make_authority, make_consultancy, make_enterprise])
def test_only_the_centre_keeps_the_register(make, wang, registrar):
    other = make_user(make())
    registration = entered(wang, registrar)
    with pytest.raises(NotAllowed):
        enter_auditor(name_zh="李雷", by=other, at=AT)
    with pytest.raises(NotAllowed):
        entered(wang, other, certificate_no="CP-2")
    with pytest.raises(NotAllowed):
        end_registration(registration=registration, ended_on=day("2026-01-01"), because="x", by=other, at=AT)


def test_a_statistician_of_the_centre_does_not_keep_it(registrar):
    with pytest.raises(NotAllowed):
        enter_auditor(name_zh="李雷", by=make_user(make_centre(), "statistician"), at=AT)


def corrected(auditor, by, version, **changes):
    values = {"name_zh": auditor.name_zh, "name_en": auditor.name_en, "employer": auditor.employer, "email": ""}
    return change_auditor(auditor=auditor, version=version, by=by, at=AT, **values | changes)


def test_a_correction_names_its_fields_and_an_old_version_is_stale(wang, registrar):
    corrected(wang, registrar, 1, name_en="Wang Fangfang")
    assert [line.sentence for line in timeline(wang)][-1] == "Chen Jie corrected the auditor: name (Latin)"
    with pytest.raises(Stale):
        corrected(wang, registrar, 1, name_en="Wang F.")
    assert Auditor.objects.get(pk=wang.pk).name_en == "Wang Fangfang"


def test_a_correction_of_nothing_is_no_event(wang, registrar):
    corrected(wang, registrar, 1)
    assert len(timeline(wang)) == 1


# --- Registrations --------------------------------------------------------------------------------------------------
def test_a_registration_is_valid_for_what_its_level_says(wang, registrar):
    registration = entered(wang, registrar, "auditor", "2024-02-29")
    assert registration.valid_until == day("2028-02-29")
    assert timeline(wang)[-1].sentence == "Chen Jie entered the registration CP-1 of Wang Fang"


def test_the_auditor_is_told(registrar):
    user = make_user(email="wang@example.org")
    wang = enter_auditor(name_zh="王芳", email="wang@example.org", by=registrar, at=AT)
    registration = entered(wang, registrar)
    end_registration(registration=registration, ended_on=day("2026-05-01"), because="retired", by=registrar, at=AT)
    kinds = Notice.objects.filter(recipient=user).values_list("kind", flat=True)
    assert sorted(kinds) == ["registration.ended", "registration.entered"]


def test_a_promotion_ends_the_lower_registration_on_its_day(wang, registrar):
    lower = entered(wang, registrar, "associate", "2023-01-10", "CP-A")
    entered(wang, registrar, "auditor", "2025-01-10", "CP-B")
    lower.refresh_from_db()
    assert (lower.ended_on, lower.ended_because) == (day("2025-01-10"), "→ CP-B")
    assert lower.holds_on(day("2025-01-09"))


def test_an_earlier_certificate_entered_later_ends_where_its_successor_begins(wang, registrar):
    entered(wang, registrar, "auditor", "2025-01-10", "CP-B")
    earlier = entered(wang, registrar, "associate", "2023-01-10", "CP-A")
    assert (earlier.ended_on, earlier.valid_until) == (day("2025-01-10"), day("2026-01-10"))


def test_a_lower_level_beside_a_higher_one_is_refused_with_its_article(wang, registrar):
    entered(wang, registrar, "principal", "2024-01-10", "CP-P")
    with pytest.raises(Refused) as refusal:
        entered(wang, registrar, "auditor", "2025-01-10", "CP-B")
    assert "Item 8" in [finding.article for finding in refusal.value.findings]
    assert wang.registrations.count() == 1


def test_a_certificate_number_is_used_once(wang, registrar):
    entered(wang, registrar)
    other = enter_auditor(name_zh="李雷", by=registrar, at=AT)
    with pytest.raises(Invalid) as refusal:
        entered(other, registrar)
    assert refusal.value.errors.keys() == {"certificate_no"}


def test_ending_twice_meets_what_was_done_before(wang, registrar):
    registration = entered(wang, registrar)
    end_registration(registration=registration, ended_on=day("2026-05-01"), because="rescinded", by=registrar, at=AT)
    assert registration.ended_on == day("2026-05-01")
    with pytest.raises(Stale):
        end_registration(registration=registration, ended_on=day("2026-06-01"), because="x", by=registrar, at=AT)


@pytest.mark.parametrize(("ended_on", "because"), [("2025-01-10", "x"), ("2029-01-11", "x"), ("2026-01-01", " ")])
def test_an_end_outside_the_validity_or_without_reason_is_refused(wang, registrar, ended_on, because):
    with pytest.raises(Invalid):
        end_registration(
            registration=entered(wang, registrar), ended_on=day(ended_on), because=because, by=registrar, at=AT
        )


# --- Selectors ------------------------------------------------------------------------------------------------------
def test_who_is_qualified_on_a_day_at_which_level(registrar):
    body = make_consultancy().body
    people = {}
    for name, level, approved_on in (
        ("old", "auditor", "2020-01-10"),
        ("new", "auditor", "2025-01-10"),
        ("low", "associate", "2025-01-10"),
    ):
        people[name] = enter_auditor(name_zh=name, employer=body, by=registrar, at=AT)
        entered(people[name], registrar, level, approved_on, f"CP-{name}")
    enter_auditor(name_zh="elsewhere", by=registrar, at=AT)
    on = day("2026-11-21")
    assert set(qualified_on(Auditor.objects.all(), on, ["auditor", "principal"])) == {people["new"]}
    assert registrations_on([one.pk for one in people.values()], on).keys() == {people["new"].pk, people["low"].pk}
    assert {one.name_zh for one in auditors_of([body])} == {"old", "new", "low"}
    assert highest(people["old"].registrations.all(), on=on) is None
