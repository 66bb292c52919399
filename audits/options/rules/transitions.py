"""The option's life as a table: who may take it from where to where, and in which audits. Pure.

`docs/workflow.md` is printed from it. Three times of an audit matter: while it is in work the auditing side writes the
options, and no- and low-cost ones may be carried out already by either side (R-5); when it is approved the feasible
ones become binding; after that the enterprise alone records what they really cost and save.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from audits.options.rules import NO_LOW, OPTION_STATUS_LABELS, OptionStatus
from audits.workflow.rules.transitions import STATUS_LABELS, TRACKING, WORKING, Side, Status
from cpaudit.accounts.roles import Permission
from cpaudit.rulebook.findings import Finding, _


class OptionAction(StrEnum):
    ADD = "add"
    CHANGE = "change"
    SCREEN_IN = "screen_in"
    SCREEN_OUT = "screen_out"
    UNDO_SCREENING = "undo_screening"
    REMOVE = "remove"
    EXPECT = "expect"
    APPROVE = "approve"
    START = "start"
    PROGRESS = "progress"
    MEASURE = "measure"
    EVIDENCE = "evidence"
    IMPLEMENT = "implement"
    CORRECT = "correct"
    ABANDON = "abandon"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class OptionTransition:
    """One row of the table: one action of one side at one time of the audit.

    `sources` is empty where the action brings the option into being. `target` None: the status stays as it is, or, with
    `removes`, the option is gone. `early`: only options of no or low cost. `automatic`: nobody presses a button, it
    comes with the audit's approval.
    """

    action: OptionAction
    sources: frozenset[OptionStatus]
    target: OptionStatus | None
    side: Side
    audit_statuses: frozenset[Status]
    permission: Permission
    label: str
    done: str
    reason: bool = False
    confirm: str = ""
    early: bool = False
    removes: bool = False
    automatic: bool = False

    def starts_from(self, status: OptionStatus | str | None) -> bool:
        return status in self.sources if self.sources else status is None


def _from(*statuses: OptionStatus) -> frozenset[OptionStatus]:
    return frozenset(statuses)


A, S, P = OptionAction, OptionStatus, Permission
_NOTHING = _from()
_WRITTEN = _from(S.PROPOSED, S.FEASIBLE, S.IN_PROGRESS, S.IMPLEMENTED)


def _writing(
    action: OptionAction, sources: frozenset[OptionStatus], target: OptionStatus | None, label: str, done: str,
    *, reason: bool = False, confirm: str = "", removes: bool = False,
) -> tuple[OptionTransition, ...]:  # fmt: skip
    """The auditing side's row while the audit is in work."""
    return (
        OptionTransition(
            action, sources, target, Side.AUDITING, WORKING, P.WORK_ON_AUDITS, label, done,
            reason=reason, confirm=confirm, removes=removes,
        ),
    )  # fmt: skip


def _carrying_out(
    action: OptionAction, early: frozenset[OptionStatus], binding: frozenset[OptionStatus],
    label: str, done: str, *, early_target: OptionStatus | None = None, target: OptionStatus | None = None,
    reason: bool = False, confirm: str = "",
) -> tuple[OptionTransition, ...]:  # fmt: skip
    """Three rows: either side for no and low cost while the audit is in work, the enterprise after the approval."""
    texts = (label, done, reason, confirm)
    return (
        OptionTransition(
            action, early, early_target or target, Side.AUDITING, WORKING, P.WORK_ON_AUDITS, *texts, early=True
        ),
        OptionTransition(
            action, early, early_target or target, Side.ENTERPRISE, WORKING, P.TRACK_OPTIONS, *texts, early=True
        ),
        OptionTransition(action, binding, target, Side.ENTERPRISE, TRACKING, P.TRACK_OPTIONS, *texts),
    )


OPTION_TRANSITIONS: tuple[OptionTransition, ...] = (
    *_writing(A.ADD, _NOTHING, S.PROPOSED, _("Propose an option"), _("proposed")),
    *_writing(A.CHANGE, _WRITTEN, None, _("Edit"), _("changed")),
    *_writing(A.EXPECT, _WRITTEN, None, _("State an expected effect"), _("given an expected effect")),
    *_writing(
        A.SCREEN_IN, _from(S.PROPOSED), S.FEASIBLE, _("Judge feasible"), _("judged feasible"), reason=True
    ),
    *_writing(
        A.SCREEN_OUT, _from(S.PROPOSED), S.SCREENED_OUT, _("Screen out"), _("screened out"), reason=True,
        confirm=_("A screened-out option stays in the register with its reason and is not carried out."),
    ),
    *_writing(
        A.UNDO_SCREENING, _from(S.FEASIBLE, S.SCREENED_OUT), S.PROPOSED, _("Undo the screening"), _("proposed again")
    ),
    *_writing(
        A.REMOVE, _from(S.PROPOSED), None, _("Remove"), _("removed"), removes=True,
        confirm=_("The option and its effects are gone; the timeline keeps that it was there."),
    ),
    OptionTransition(
        A.APPROVE, _from(S.FEASIBLE), S.APPROVED, Side.AUTHORITY, frozenset({Status.APPROVED}), P.DECIDE_AUDITS,
        _("Make binding"), _("made binding with the audit's approval"), automatic=True,
    ),
    *_carrying_out(
        A.START, _from(S.FEASIBLE), _from(S.APPROVED), _("Start"), _("started"), target=S.IN_PROGRESS
    ),
    *_carrying_out(
        A.PROGRESS, _from(S.IN_PROGRESS), _from(S.IN_PROGRESS), _("Record progress"), _("progressed")
    ),
    *_carrying_out(
        A.MEASURE, _from(S.IN_PROGRESS, S.IMPLEMENTED), _from(S.IN_PROGRESS, S.IMPLEMENTED),
        _("Record a measured effect"), _("given a measured effect"),
    ),
    *_writing(A.EVIDENCE, _WRITTEN, None, _("Add a file"), _("given a file")),
    *_carrying_out(
        A.EVIDENCE, _from(S.FEASIBLE, S.IN_PROGRESS, S.IMPLEMENTED),
        _from(S.APPROVED, S.IN_PROGRESS, S.IMPLEMENTED), _("Add a file"), _("given a file"),
    ),
    *_carrying_out(
        A.IMPLEMENT, _from(S.FEASIBLE, S.IN_PROGRESS), _from(S.APPROVED, S.IN_PROGRESS),
        _("Mark as implemented"), _("implemented"), target=S.IMPLEMENTED,
    ),
    *_carrying_out(
        A.CORRECT, _from(S.IMPLEMENTED), _from(S.IMPLEMENTED), _("Correct the results"), _("corrected")
    ),
    *_carrying_out(
        A.ABANDON, _from(S.IN_PROGRESS), _from(S.APPROVED, S.IN_PROGRESS), _("Abandon"), _("abandoned"),
        target=S.ABANDONED, reason=True,
        confirm=_("The option counts as not carried out, with your reason for everybody to read. It can be reopened."),
    ),
    *_carrying_out(
        A.REOPEN, _from(S.ABANDONED), _from(S.ABANDONED), _("Reopen"), _("reopened"),
        early_target=S.FEASIBLE, target=S.APPROVED,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Situation:
    """All the table looks at. `status` None: there is no option yet. `cost_class` "" or None: not known."""

    status: OptionStatus | str | None
    cost_class: str | None
    audit_status: Status | str


May = Callable[[Permission], bool]


def rows_for(action: OptionAction, sides: Iterable[Side], may: May) -> list[OptionTransition]:
    """The rows of an action that somebody on these sides, with these permissions, may ever use."""
    standing = frozenset(sides)
    return [
        row
        for row in OPTION_TRANSITIONS
        if row.action is action and not row.automatic and row.side in standing and may(row.permission)
    ]


def fitting(rows: Iterable[OptionTransition], now: Situation) -> OptionTransition | None:
    """The first row the situation fits, None if there is none."""
    return next((row for row in rows if not unmet(row, now)), None)


def unmet(row: OptionTransition, now: Situation) -> list[Finding]:
    """Why a row does not fit the situation, the audit's side first; empty where it fits."""
    findings = []
    if now.audit_status not in row.audit_statuses:
        findings.append(
            Finding(
                "R-5", "Item 5", False,
                _("Not while the audit has the status “%(status)s”."),
                params={"status": {"msgid": STATUS_LABELS[Status(now.audit_status)]}},
            )
        )  # fmt: skip
    if not row.starts_from(now.status):
        findings.append(
            Finding(
                "R-2", "Item 2", False,
                _("Not while the option has the status “%(status)s”."),
                params={"status": {"msgid": OPTION_STATUS_LABELS[OptionStatus(now.status)]} if now.status else ""},
            )
        )  # fmt: skip
    if row.early and now.cost_class not in NO_LOW:
        findings.append(
            Finding(
                "R-5", "Item 5; Manual, step 6.2", False,
                _("Only options of no or low cost are carried out before the audit is approved."),
                remedy=_("Wait for the approval, or state the planned investment if the cost class is not known."),
            )
        )  # fmt: skip
    return findings


def why_not(rows: Iterable[OptionTransition], now: Situation) -> list[Finding]:
    """The reasons of the row that comes nearest, to be shown; empty if one fits."""
    return min((unmet(row, now) for row in rows), key=len, default=[])


def possible(now: Situation, sides: Iterable[Side], may: May) -> dict[OptionAction, OptionTransition]:
    """What somebody can do now, each with its row: for buttons and for "what waits for me"."""
    standing = frozenset(sides)
    found = {action: fitting(rows_for(action, standing, may), now) for action in OptionAction}
    return {action: row for action, row in found.items() if row is not None}
