"""Who may sign and when a report may be filed: the worked examples W54 to W59 as pure truth tables, and the closing."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from audits.reports.rules import (
    Signed,
    Signer,
    closing_findings,
    filing_findings,
    holding,
    signing_findings,
    the_signer_is_qualified,
)
from audits.workflow.rules.facts import Facts, MemberFacts, OptionFacts, StageFacts
from audits.workflow.rules.transitions import StageStatus, Status
from cpaudit.rulebook.findings import blocking
from cpaudit.rulebook.rulesets import rule_set

ON = dt.date(2026, 5, 21)
HASH, OTHER = "a" * 64, "b" * 64
ZHANG = {"zh": "张伟", "en": "Zhang Wei"}


def names(pk):
    return {"zh": f"人员{pk}", "en": f"Person {pk}"}


def member(pk, level="auditor", until=dt.date(2028, 1, 1)):
    return MemberFacts(
        pk=pk, names=names(pk), leader=pk == 1, level=level, valid_until=until, guide_pk=None, has_account=True
    )


def option(status):
    return OptionFacts(
        code="N1", title="", cost_class="no", status=status, screened=True, has_investment=True, has_benefit=True,
        has_measured_effect=False, has_evidence=False, has_plan=True,
    )  # fmt: skip


def facts(*members, stages=StageStatus.COMPLETED, options=("implemented",)):
    return Facts(
        on=ON,
        rules=rule_set("1998"),
        status=Status.IN_PROGRESS,
        members=members or (member(1), member(2)),
        stages={
            number: StageFacts(number, stages, ON, ON, None, frozenset(), frozenset(), Decimal(8))
            for number in range(1, 8)
        },
        fields_worked=frozenset(),
        options=tuple(option(status) for status in options),
        planned_end=None,
        consultancy=None,
        operates_from=None,
    )


def signed(pk, hash_=HASH, level="auditor"):
    return Signed(pk, level, hash_)


def failed(findings):
    return [finding.rule for finding in blocking(findings)]


SIGNER = Signer(1, ZHANG, "auditor", dt.date(2022, 5, 21), dt.date(2026, 5, 21))


@pytest.mark.parametrize(
    ("signer", "ok"),
    [
        pytest.param(SIGNER, True, id="last day of validity"),
        pytest.param(dataclasses.replace(SIGNER, valid_until=dt.date(2026, 5, 20)), False, id="W59: a day too late"),
        pytest.param(dataclasses.replace(SIGNER, approved_on=ON), True, id="approved that day"),
        pytest.param(dataclasses.replace(SIGNER, approved_on=dt.date(2026, 5, 22)), False, id="approved tomorrow"),
        pytest.param(dataclasses.replace(SIGNER, ended_on=ON), False, id="ended that day"),
        pytest.param(dataclasses.replace(SIGNER, ended_on=dt.date(2026, 5, 22)), True, id="ends tomorrow"),
        pytest.param(dataclasses.replace(SIGNER, level="associate"), False, id="W57: associate"),
        pytest.param(dataclasses.replace(SIGNER, level="principal"), True, id="principal"),
        pytest.param(dataclasses.replace(SIGNER, member=None), False, id="W58: not in the team"),
        pytest.param(Signer(1, ZHANG), False, id="never registered"),
    ],
)
def test_signer_is_qualified_on_the_day_of_signing(signer, ok):
    finding = the_signer_is_qualified(facts(), signer)
    assert finding.ok is ok
    assert finding.article == "Item 10"
    assert finding.text % finding.params


def test_signing_asks_for_all_stages_and_for_the_team():
    assert failed(signing_findings(facts(), SIGNER)) == []
    assert failed(signing_findings(facts(stages=StageStatus.OPEN), SIGNER)) == ["R-5"]
    # W56: formed with two, one has expired meanwhile and was not renewed.
    assert failed(signing_findings(facts(member(1), member(2, level=None)), SIGNER)) == ["R-6b"]


def test_w54_one_auditor_and_three_associates_are_no_team():
    team = [member(1), *(member(pk, level="associate") for pk in (2, 3, 4))]
    assert failed(filing_findings(facts(*team), [signed(1)], HASH)) == ["R-6b"]


def test_w55_an_auditor_and_a_principal_are_a_team():
    team = facts(member(1), member(2, level="principal"))
    assert failed(filing_findings(team, [signed(1), signed(2, level="principal")], HASH)) == []


def test_w57_signature_of_an_associate_alone_does_not_make_a_report():
    found = filing_findings(facts(), [signed(1, level="associate")], HASH)
    assert failed(found) == ["R-6c", "R-6c", "R-10"]


def test_w58_signature_of_somebody_outside_the_team_does_not_count():
    assert failed(filing_findings(facts(), [signed(1), signed(2), signed(9)], HASH)) == []
    assert failed(filing_findings(facts(), [signed(9)], HASH)) == ["R-6c", "R-6c", "R-10"]


def test_every_auditor_of_the_team_declares_one_signature_is_not_enough():
    assert failed(filing_findings(facts(), [signed(1)], HASH)) == ["R-6c"]


def test_associates_need_not_declare():
    team = facts(member(1), member(2), member(3, level="associate"))
    assert failed(filing_findings(team, [signed(1), signed(2)], HASH)) == []


def test_signature_over_another_content_no_longer_holds_and_the_finding_says_so():
    found = filing_findings(facts(), [signed(1), signed(2, OTHER)], HASH)
    (finding,) = blocking(found)
    assert "no longer holds" in finding.text
    assert finding.params == {"name": names(2)}


def test_signature_of_a_member_who_left_does_not_hold():
    assert holding([signed(1), signed(3)], HASH, facts()) == [signed(1)]


def test_nothing_implemented_is_a_warning_at_filing():
    found = filing_findings(facts(options=("feasible",)), [signed(1), signed(2)], HASH)
    assert failed(found) == []
    assert [finding.rule for finding in found if finding.warns] == ["R-2"]


@pytest.mark.parametrize(
    ("options", "blocks", "warns"),
    [
        (("implemented", "abandoned"), [], []),
        (("implemented", "in_progress"), [], ["R-2"]),
        (("abandoned", "abandoned"), ["R-2"], []),
        (("approved",), ["R-2"], ["R-2"]),
        ((), ["R-2"], []),
    ],
)
def test_audit_without_an_implemented_option_cannot_be_closed_as_complete(options, blocks, warns):
    found = closing_findings(facts(options=options))
    assert failed(found) == blocks
    assert [finding.rule for finding in found if finding.warns] == warns
