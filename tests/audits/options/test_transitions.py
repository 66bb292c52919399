"""The table of the option's life: every cell of it, and that nothing outside it is possible. No database."""

from __future__ import annotations

import itertools

import pytest

from audits.options.rules import CostClass, OptionStatus
from audits.options.rules.transitions import (
    OPTION_TRANSITIONS,
    OptionAction,
    Situation,
    fitting,
    possible,
    rows_for,
    unmet,
    why_not,
)
from audits.workflow.rules.transitions import Side, Status
from cpaudit.accounts.roles import Permission

A, S = OptionAction, OptionStatus
WORKING = {Status.IN_PROGRESS, Status.RETURNED}
WRITTEN = {S.PROPOSED, S.FEASIBLE, S.IN_PROGRESS, S.IMPLEMENTED}

# Written down once more, by hand and in another shape than the table: (action, status) -> what the auditing side may
# do while the audit is in work, and to which status it leads.
WRITING = {
    **{(A.CHANGE, status): status for status in WRITTEN},
    **{(A.EXPECT, status): status for status in WRITTEN},
    **{(A.EVIDENCE, status): status for status in WRITTEN},
    (A.ADD, None): S.PROPOSED,
    (A.SCREEN_IN, S.PROPOSED): S.FEASIBLE,
    (A.SCREEN_OUT, S.PROPOSED): S.SCREENED_OUT,
    (A.UNDO_SCREENING, S.FEASIBLE): S.PROPOSED,
    (A.UNDO_SCREENING, S.SCREENED_OUT): S.PROPOSED,
    (A.REMOVE, S.PROPOSED): None,
}
# ... either side with options of no or low cost while the audit is in work ...
EARLY = {
    **{(A.EVIDENCE, status): status for status in (S.FEASIBLE, S.IN_PROGRESS, S.IMPLEMENTED)},
    (A.START, S.FEASIBLE): S.IN_PROGRESS,
    (A.PROGRESS, S.IN_PROGRESS): S.IN_PROGRESS,
    (A.MEASURE, S.IN_PROGRESS): S.IN_PROGRESS,
    (A.MEASURE, S.IMPLEMENTED): S.IMPLEMENTED,
    (A.IMPLEMENT, S.FEASIBLE): S.IMPLEMENTED,
    (A.IMPLEMENT, S.IN_PROGRESS): S.IMPLEMENTED,
    (A.CORRECT, S.IMPLEMENTED): S.IMPLEMENTED,
    (A.ABANDON, S.IN_PROGRESS): S.ABANDONED,
    (A.REOPEN, S.ABANDONED): S.FEASIBLE,
}
# ... and the enterprise after the approval, whatever the class.
BINDING = {
    **{(A.EVIDENCE, status): status for status in (S.APPROVED, S.IN_PROGRESS, S.IMPLEMENTED)},
    (A.START, S.APPROVED): S.IN_PROGRESS,
    (A.PROGRESS, S.IN_PROGRESS): S.IN_PROGRESS,
    (A.MEASURE, S.IN_PROGRESS): S.IN_PROGRESS,
    (A.MEASURE, S.IMPLEMENTED): S.IMPLEMENTED,
    (A.IMPLEMENT, S.APPROVED): S.IMPLEMENTED,
    (A.IMPLEMENT, S.IN_PROGRESS): S.IMPLEMENTED,
    (A.CORRECT, S.IMPLEMENTED): S.IMPLEMENTED,
    (A.ABANDON, S.APPROVED): S.ABANDONED,
    (A.ABANDON, S.IN_PROGRESS): S.ABANDONED,
    (A.REOPEN, S.ABANDONED): S.APPROVED,
}
IMPOSSIBLE = "impossible"


def everything(_permission: Permission) -> bool:
    return True


def nothing(_permission: Permission) -> bool:
    return False


def expected(
    action: OptionAction, status: OptionStatus | None, side: Side, audit: Status, cost_class: str
) -> OptionStatus | str | None:
    cell, answers = (action, status), []
    if audit in WORKING:
        if side is Side.AUDITING:
            answers.append(WRITING.get(cell, IMPOSSIBLE))
        if side in {Side.AUDITING, Side.ENTERPRISE} and cost_class in {"no", "low"}:
            answers.append(EARLY.get(cell, IMPOSSIBLE))
    if audit is Status.APPROVED and side is Side.ENTERPRISE:
        answers.append(BINDING.get(cell, IMPOSSIBLE))
    return next((answer for answer in answers if answer != IMPOSSIBLE), IMPOSSIBLE)


@pytest.mark.parametrize("audit", list(Status))
@pytest.mark.parametrize("side", list(Side))
def test_every_cell_is_as_written_down(side: Side, audit: Status) -> None:
    classes = ["", *CostClass]
    for action, status, cost_class in itertools.product(OptionAction, [None, *OptionStatus], classes):
        row = fitting(rows_for(action, {side}, everything), Situation(status, cost_class, audit))
        found = IMPOSSIBLE if row is None else (None if row.removes else row.target or status)
        assert found == expected(action, status, side, audit, cost_class), (action, status, cost_class)


def test_without_the_permission_nothing_is_possible() -> None:
    for status, audit in itertools.product([None, *OptionStatus], Status):
        assert possible(Situation(status, "no", audit), list(Side), nothing) == {}


def test_consultants_write_and_enterprise_staff_only_track() -> None:
    by_side = {(row.side, row.permission) for row in OPTION_TRANSITIONS if not row.automatic}
    assert by_side == {(Side.AUDITING, Permission.WORK_ON_AUDITS), (Side.ENTERPRISE, Permission.TRACK_OPTIONS)}


def test_an_enterprise_that_audits_itself_is_on_both_sides() -> None:
    now = Situation(OptionStatus.FEASIBLE, "high", Status.IN_PROGRESS)
    both = possible(now, {Side.AUDITING, Side.ENTERPRISE}, everything)
    assert {A.CHANGE, A.EXPECT, A.EVIDENCE, A.UNDO_SCREENING} == set(both)


def test_approving_is_never_a_button() -> None:
    now = Situation(OptionStatus.FEASIBLE, "high", Status.APPROVED)
    assert OptionAction.APPROVE not in possible(now, list(Side), everything)
    assert [row.automatic for row in OPTION_TRANSITIONS if row.action is A.APPROVE] == [True]


def test_a_reason_is_asked_for_verdicts_and_for_abandoning() -> None:
    assert {row.action for row in OPTION_TRANSITIONS if row.reason} == {A.SCREEN_IN, A.SCREEN_OUT, A.ABANDON}


def test_only_what_cannot_be_undone_at_a_click_asks_back() -> None:
    assert {row.action for row in OPTION_TRANSITIONS if row.confirm} == {A.SCREEN_OUT, A.REMOVE, A.ABANDON}


def test_an_expensive_option_cannot_be_started_early_and_the_finding_says_why() -> None:
    rows = rows_for(A.START, {Side.ENTERPRISE}, everything)
    (finding,) = why_not(rows, Situation(S.FEASIBLE, "medium", Status.IN_PROGRESS))
    assert finding.blocks
    assert "no or low cost" in finding.text


def test_a_filed_audit_takes_no_change_and_the_finding_names_its_status() -> None:
    (row,) = rows_for(A.CHANGE, {Side.AUDITING}, everything)
    (finding,) = unmet(row, Situation(S.PROPOSED, "low", Status.FILED))
    assert finding.params == {"status": {"msgid": "Filed"}}


def test_why_not_is_empty_where_a_row_fits() -> None:
    rows = rows_for(A.START, {Side.ENTERPRISE}, everything)
    assert why_not(rows, Situation(S.APPROVED, "high", Status.APPROVED)) == []
    assert why_not([], Situation(S.APPROVED, "high", Status.APPROVED)) == []
