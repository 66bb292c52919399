"""Signing, filing, deciding through the services, as people do."""

import datetime as dt

import pytest

from auditors.registration.models import Registration
from audits.reports import services
from audits.reports.canonical import content_hash
from audits.reports.models import Filing, Signature
from audits.reports.selectors import draft_of
from audits.workflow import services as workflow
from audits.workflow.models import Audit, Decision, Section
from audits.workflow.rules.transitions import Action
from cpaudit.notices.models import Notice
from cpaudit.rulebook.errors import Invalid, NotAllowed, Refused, Stale
from cpaudit.rulebook.findings import blocking
from cpaudit.trail.models import Event
from tests.factories.audits import all_stages_completed, later, make_auditor, make_world, started
from tests.factories.people import make_authority, make_posting, make_user
from tests.factories.reports import DECIDED_AT, FILED_AT, SIGNED_AT, decided, file, filed, sign, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def audit(world):
    return all_stages_completed(world)


def verbs(audit):
    return list(Event.objects.about(audit).values_list("verb", flat=True))


def rules_of(refusal):
    return [finding.rule for finding in blocking(refusal.value.findings)]


# --- Signing --------------------------------------------------------------------------------------------------------
def test_signature_keeps_who_at_which_level_over_what(world, audit):
    signature = sign(audit, world.consultant)
    assert signature.content_hash == draft_of(audit).hash
    assert signature.certificate_no == world.leader.registrations.get().certificate_no
    assert signature.signer_names == world.consultant.names
    assert "report.signed" in verbs(audit)


def test_signing_what_changed_since_the_page_was_shown_is_stale(world, audit):
    shown = draft_of(audit).hash
    Section.objects.filter(stage__audit=audit, key="causes").update(text="Changed by a colleague")
    with pytest.raises(Stale, match="changed since"):
        services.sign_report(audit=audit, expected_hash=shown, by=world.consultant, at=SIGNED_AT)
    assert not Signature.objects.exists()


def test_signing_twice_is_refused(world, audit):
    sign(audit, world.consultant)
    with pytest.raises(Stale, match="already"):
        sign(audit, world.consultant)


def test_w59_auditor_signs_on_the_last_day_but_not_the_day_after(world, audit):
    Registration.objects.filter(auditor=world.leader).update(valid_until=SIGNED_AT.date())
    with pytest.raises(Refused) as refusal:
        sign(audit, world.consultant, SIGNED_AT + dt.timedelta(days=1))
    assert "R-10" in rules_of(refusal)
    sign(audit, world.consultant, SIGNED_AT)


def test_w58_auditor_outside_the_team_cannot_sign(world, audit):
    colleague = make_user(world.consultancy, "consultant")
    make_auditor(world.consultancy.body, colleague)
    with pytest.raises(Refused) as refusal:
        sign(audit, colleague)
    assert rules_of(refusal) == ["R-10"]


def test_w57_associate_of_the_team_cannot_sign(world, audit):
    associate = make_user(world.consultancy, "consultant")
    auditor = make_auditor(world.consultancy.body, associate, level="associate")
    guide = audit.team.get(role="leader")
    workflow.add_member(audit=audit, auditor=auditor, guide=guide, by=world.consultant, at=later(75))
    with pytest.raises(Refused) as refusal:
        sign(audit, associate)
    assert rules_of(refusal) == ["R-10"]


def test_w56_team_that_lost_an_auditor_by_expiry_cannot_sign_until_he_renewed(world, audit):
    second = world.second.registrations.get()
    Registration.objects.filter(pk=second.pk).update(valid_until=later(70).date())
    with pytest.raises(Refused) as refusal:
        sign(audit, world.consultant)
    assert rules_of(refusal) == ["R-6b"]
    Registration.objects.create(
        auditor=world.second, level="auditor", certificate_no="CP-NEW", approved_on=later(71).date(),
        valid_until=dt.date(2030, 1, 1), entered_at=later(71),
    )  # fmt: skip
    sign(audit, world.consultant)


def test_unfinished_report_cannot_be_signed(world):
    audit = started(world)
    with pytest.raises(Refused) as refusal:
        sign(audit, world.consultant)
    assert rules_of(refusal) == ["R-5"]


def test_regulator_cannot_sign(world, audit):
    with pytest.raises(NotAllowed):
        sign(audit, world.officer)


def test_filed_report_cannot_be_signed_any_more(world):
    audit = filed(world).audit
    with pytest.raises(Stale):
        sign(audit, world.consultant, later(85))


def test_managers_are_told_once_everybody_has_signed(world, audit):
    sign(audit, world.consultant)
    assert not Notice.objects.filter(kind="report.signed").exists()
    sign(audit, world.second_user)
    assert Notice.objects.filter(kind="report.signed", recipient=world.consultant).count() == 1


# --- Filing ---------------------------------------------------------------------------------------------------------
def test_filing_freezes_exactly_what_was_signed(world):
    audit = signed(world)
    draft = draft_of(audit)
    filing = file(audit, world.consultant)
    assert (filing.version, filing.content_hash) == (1, draft.hash)
    again = Filing.objects.get()
    assert content_hash(again.content) == draft.hash
    assert len(again.annex["signatures"]) == 2
    audit.refresh_from_db()
    assert (audit.status, audit.filing_version, audit.filed_at) == ("filed", 1, FILED_AT)
    assert {rendering.language for rendering in filing.renderings.all()} == {"en", "zh-hans"}


def test_filing_hands_over_to_the_authority(world):
    filing = filed(world)
    assert Notice.objects.filter(kind="audit.filed", recipient=world.officer).count() == 1
    assert verbs(filing.audit)[-1] == "audit.filed"


def test_unsigned_report_is_refused_with_the_article(world, audit):
    with pytest.raises(Refused) as refusal:
        file(audit, world.consultant)
    assert rules_of(refusal) == ["R-6c", "R-6c", "R-10"]
    assert not Filing.objects.exists()


def test_change_after_signing_voids_the_signatures_visibly_and_once(world):
    audit = signed(world)
    Section.objects.filter(stage__audit=audit, key="causes").update(text="Changed after signing")
    for _attempt in range(2):
        with pytest.raises(Refused) as refusal:
            file(audit, world.consultant)
    assert rules_of(refusal) == ["R-6c", "R-6c", "R-10"]
    assert verbs(audit).count("report.signature_void") == 2
    assert Notice.objects.filter(kind="audit.to_sign", recipient=world.second_user).exists()
    sign(audit, world.consultant)
    sign(audit, world.second_user)
    assert file(audit, world.consultant).version == 1


def test_taking_a_change_back_brings_the_signatures_back(world):
    audit = signed(world)
    section = Section.objects.get(stage__audit=audit, key="causes")
    Section.objects.filter(pk=section.pk).update(text="Changed")
    Section.objects.filter(pk=section.pk).update(text=section.text)
    assert file(audit, world.consultant).version == 1


def test_second_click_finds_the_report_filed(world):
    audit = signed(world)
    version = audit.version
    services.file_report(audit=audit, version=version, by=world.consultant, at=FILED_AT)
    with pytest.raises(Stale) as stale:
        services.file_report(audit=audit, version=version, by=world.consultant, at=FILED_AT)
    assert stale.value.params["status"] == {"msgid": "Filed"}
    assert Filing.objects.count() == 1


def test_consultant_without_the_right_to_file_is_refused(world):
    audit = signed(world)
    with pytest.raises(NotAllowed):
        file(audit, world.second_user)


def test_nothing_of_a_refused_filing_stays(world, audit):
    before = (audit.version, Notice.objects.count())
    with pytest.raises(Refused):
        file(audit, world.consultant)
    audit.refresh_from_db()
    assert (audit.version, Notice.objects.count()) == before


def test_corrected_report_becomes_version_two_with_the_decision_in_its_annex(world):
    filing = decided(world, Action.RETURN)
    audit = filing.audit
    audit.refresh_from_db()
    assert (audit.status, audit.due_on) == ("returned", (DECIDED_AT + dt.timedelta(days=30)).date())
    Section.objects.filter(stage__audit=audit, key="balance").update(text="The balance closes now.")
    sign(audit, world.consultant, later(95))
    sign(audit, world.second_user, later(95))
    second = file(audit, world.consultant, later(96))
    assert second.version == 2
    assert second.content_hash != filing.content_hash
    assert [each["action"] for each in second.annex["decisions"]] == ["return"]
    assert [each["version"] for each in second.annex["filings"]] == [1, 2]


def test_report_taken_back_can_be_filed_again_with_the_same_signatures(world):
    filing = filed(world)
    audit = filing.audit
    audit.refresh_from_db()
    services.take_back(audit=audit, version=audit.version, comment="A typing error", by=world.consultant, at=later(82))
    assert Notice.objects.filter(kind="audit.taken_back", recipient=world.officer).count() == 1
    second = file(audit, world.consultant, later(83))
    assert (second.version, second.content_hash) == (2, filing.content_hash)


# --- Deciding -------------------------------------------------------------------------------------------------------
def test_approval_makes_feasible_options_binding(world):
    filing = decided(world, Action.APPROVE)
    filing.audit.refresh_from_db()
    assert filing.audit.status == "approved"
    assert set(filing.audit.options.values_list("status", flat=True)) == {"approved"}
    decision = Decision.objects.get(audit=filing.audit)
    assert (decision.action, decision.filing_version, decision.decided_by) == ("approve", 1, world.officer)
    assert "R-2" in [finding["rule"] for finding in decision.findings]


def test_rejection_ends_the_audit(world):
    filing = decided(world, Action.REJECT)
    filing.audit.refresh_from_db()
    assert filing.audit.status == "rejected"
    with pytest.raises(Stale):
        file(filing.audit, world.consultant, later(91))


@pytest.mark.parametrize(
    ("action", "words", "missing"),
    [
        (Action.RETURN, {"comment": "Why"}, "due_on"),
        (Action.RETURN, {"due_on": dt.date(2027, 1, 1)}, "comment"),
        (Action.RETURN, {"comment": "Why", "due_on": DECIDED_AT.date()}, "due_on"),
        (Action.REJECT, {}, "comment"),
    ],
)
def test_decision_needs_its_words(world, action, words, missing):
    filing = filed(world)
    filing.audit.refresh_from_db()
    with pytest.raises(Invalid) as invalid:
        services.decide(
            audit=filing.audit, action=action, filing_version=1, version=filing.audit.version, by=world.officer,
            at=DECIDED_AT, **words,
        )  # fmt: skip
    assert missing in invalid.value.errors


def approve(audit, by, *, filing_version=1, version=None):
    audit = Audit.objects.get(pk=audit.pk)
    return services.decide(
        audit=audit, action=Action.APPROVE, filing_version=filing_version, version=version or audit.version, by=by,
        at=DECIDED_AT,
    )  # fmt: skip


def test_second_decision_is_told_of_the_first(world):
    filing = filed(world)
    filing.audit.refresh_from_db()
    version = filing.audit.version
    approve(filing.audit, world.officer, version=version)
    with pytest.raises(Stale) as stale:
        approve(filing.audit, make_user(world.authority, "regulator"), version=version)
    assert stale.value.params["who"] == world.officer.names
    assert stale.value.params["done"] == {"msgid": "approved"}
    assert Decision.objects.count() == 1


def test_decision_on_a_version_that_was_replaced_is_stale(world):
    audit = filed(world).audit
    audit.refresh_from_db()
    services.take_back(audit=audit, version=audit.version, comment="A typing error", by=world.consultant, at=later(82))
    file(audit, world.consultant, later(83))
    with pytest.raises(Stale):
        approve(audit, world.officer, filing_version=1)


def test_nobody_decides_on_what_he_signed_or_worked_on(world):
    """The second auditor changes sides: his own work stays his own work."""
    filing = filed(world)
    turncoat = world.second.user
    posting = make_posting(turncoat, world.authority, "regulator")
    with pytest.raises(NotAllowed, match="yourself"):
        approve(filing.audit, turncoat.acting_as(posting))


def test_nobody_decides_on_what_he_filed(world):
    audit = signed(world)
    manager = make_user(world.consultancy, "consultancy_manager")
    filing = file(audit, manager)
    posting = make_posting(manager, world.authority, "regulator")
    with pytest.raises(NotAllowed, match="yourself"):
        approve(filing.audit, manager.acting_as(posting))


@pytest.mark.parametrize("who", ["manager", "consultant"])
def test_only_an_authority_decides(world, who):
    filing = filed(world)
    with pytest.raises(NotAllowed):
        approve(filing.audit, getattr(world, who))


def test_authority_elsewhere_cannot_decide(world):
    filing = filed(world)
    with pytest.raises(NotAllowed):
        approve(filing.audit, make_user(make_authority(region_code="320000"), "regulator"))


def test_higher_authority_can_decide(world):
    province = make_user(make_authority(region_code="210000"), "regulator")
    assert approve(filed(world).audit, province).status == "approved"


# --- Closing --------------------------------------------------------------------------------------------------------
def test_audit_without_implemented_options_cannot_be_closed(world):
    audit = decided(world, Action.APPROVE).audit
    audit.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        services.close(audit=audit, version=audit.version, by=world.officer, at=later(200))
    assert rules_of(refusal) == ["R-2"]
    audit.options.filter(code="01").update(status="implemented")
    closed = services.close(audit=audit, version=audit.version, by=world.officer, at=later(200))
    assert (closed.status, closed.closed_at) == ("closed", later(200))
