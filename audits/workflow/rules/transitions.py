"""The audit's life as a table: who may take it from where to where. Pure; `docs/workflow.md` is printed from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cpaudit.accounts.roles import Permission
from cpaudit.rulebook.findings import _


class Status(StrEnum):
    PLANNED = "planned"
    ENGAGED = "engaged"
    IN_PROGRESS = "in_progress"
    FILED = "filed"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    RECORDED = "recorded"


STATUS_LABELS: dict[Status, str] = {
    Status.PLANNED: _("Planned"),
    Status.ENGAGED: _("Engaged"),
    Status.IN_PROGRESS: _("In progress"),
    Status.FILED: _("Filed"),
    Status.RETURNED: _("Returned"),
    Status.APPROVED: _("Approved"),
    Status.REJECTED: _("Rejected"),
    Status.CANCELLED: _("Cancelled"),
    Status.CLOSED: _("Closed"),
    Status.RECORDED: _("Recorded past audit"),
}

# Statuses in which the audit's records may be written.
WORKING = frozenset({Status.IN_PROGRESS, Status.RETURNED})
# Statuses in which nothing more will happen.
ENDED = frozenset({Status.REJECTED, Status.CANCELLED, Status.CLOSED, Status.RECORDED})
# Statuses in which the enterprise records how the options are carried out.
TRACKING = frozenset({Status.APPROVED})


class Side(StrEnum):
    """Whose side a person is on in one audit; he can be on several (an enterprise that audits itself)."""

    AUTHORITY = "authority"
    ENTERPRISE = "enterprise"
    AUDITING = "auditing"
    CENTRE = "centre"


SIDE_LABELS: dict[Side, str] = {
    Side.AUTHORITY: _("an authority whose region or industry it is"),
    Side.ENTERPRISE: _("the enterprise"),
    Side.AUDITING: _("the consulting organisation, or the enterprise where it audits itself"),
    Side.CENTRE: _("the national centre"),
}


class Action(StrEnum):
    LIST = "list"
    OPEN = "open"
    ENGAGE = "engage"
    SELF_AUDIT = "self_audit"
    DECLINE = "decline"
    START = "start"
    FILE = "file"
    TAKE_BACK = "take_back"
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    CLOSE = "close"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. `sources` is empty where the action brings the audit into being."""

    action: Action
    sources: frozenset[Status]
    target: Status
    side: Side
    permission: Permission
    label: str
    done: str
    comment: bool = False
    due_date: bool = False
    not_own_work: bool = False
    confirm: str = ""


def _from(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


S, A, P = Status, Action, Permission
TRANSITIONS: dict[Action, Transition] = {
    row.action: row
    for row in (
        Transition(
            A.LIST, _from(), S.PLANNED, Side.AUTHORITY, P.LIST_ENTERPRISES,
            _("List for a compulsory audit"), _("listed"),
        ),
        Transition(
            A.OPEN, _from(), S.PLANNED, Side.ENTERPRISE, P.OPEN_AUDITS,
            _("Open a voluntary audit"), _("opened"),
        ),
        Transition(
            A.ENGAGE, _from(S.PLANNED), S.ENGAGED, Side.ENTERPRISE, P.ENGAGE,
            _("Engage a consulting organisation"), _("engaged"),
        ),
        Transition(
            A.SELF_AUDIT, _from(S.PLANNED), S.ENGAGED, Side.ENTERPRISE, P.ENGAGE,
            _("Audit ourselves"), _("taken on by the enterprise"),
        ),
        Transition(
            A.DECLINE, _from(S.ENGAGED), S.PLANNED, Side.AUDITING, P.RUN_AUDITS,
            _("Decline"), _("declined"), comment=True,
            confirm=_("The enterprise must then engage somebody else."),
        ),
        Transition(
            A.START, _from(S.ENGAGED), S.IN_PROGRESS, Side.AUDITING, P.RUN_AUDITS,
            _("Start the audit"), _("started"),
        ),
        # The assessment organisation's document review and on-site visit come between filing and the decision:
        # the rows of that stay (entrust, review, visit, sign and seal the opinion) go here.
        Transition(
            A.FILE, _from(S.IN_PROGRESS, S.RETURNED), S.FILED, Side.AUDITING, P.RUN_AUDITS,
            _("File the report"), _("filed"),
            confirm=_("What is filed is frozen; later corrections make a new version."),
        ),
        Transition(
            A.TAKE_BACK, _from(S.FILED), S.RETURNED, Side.AUDITING, P.RUN_AUDITS,
            _("Take the report back"), _("taken back"), comment=True,
        ),
        Transition(
            A.APPROVE, _from(S.FILED), S.APPROVED, Side.AUTHORITY, P.DECIDE_AUDITS,
            _("Approve"), _("approved"), not_own_work=True,
            confirm=_("The options become binding and the enterprise reports on each of them."),
        ),
        Transition(
            A.RETURN, _from(S.FILED), S.RETURNED, Side.AUTHORITY, P.DECIDE_AUDITS,
            _("Return for correction"), _("returned"), comment=True, due_date=True, not_own_work=True,
        ),
        Transition(
            A.REJECT, _from(S.FILED), S.REJECTED, Side.AUTHORITY, P.DECIDE_AUDITS,
            _("Reject"), _("rejected"), comment=True, not_own_work=True,
            confirm=_("A rejected audit has ended; it cannot be filed again."),
        ),
        Transition(
            A.CLOSE, _from(S.APPROVED), S.CLOSED, Side.AUTHORITY, P.DECIDE_AUDITS,
            _("Close the audit"), _("closed"), not_own_work=True,
            confirm=_("A closed audit takes no more figures."),
        ),
        Transition(
            A.CANCEL, _from(S.PLANNED, S.ENGAGED, S.IN_PROGRESS, S.RETURNED), S.CANCELLED, Side.AUTHORITY,
            P.DECIDE_AUDITS, _("Cancel the audit"), _("cancelled"), comment=True, not_own_work=True,
            confirm=_("A cancelled audit has ended; its records stay readable."),
        ),
    )
}  # fmt: skip


class StageStatus(StrEnum):
    NOT_BEGUN = "not_begun"
    OPEN = "open"
    COMPLETED = "completed"
    SENT_BACK = "sent_back"


STAGE_STATUS_LABELS: dict[StageStatus, str] = {
    StageStatus.NOT_BEGUN: _("Not begun"),
    StageStatus.OPEN: _("In work"),
    StageStatus.COMPLETED: _("Completed"),
    StageStatus.SENT_BACK: _("Sent back"),
}


class StageAction(StrEnum):
    BEGIN = "begin"
    COMPLETE = "complete"
    REOPEN = "reopen"
    SEND_BACK = "send_back"


@dataclass(frozen=True, slots=True)
class StageTransition:
    """One row of the stages' table; all of them need the audit to be in work (see `WORKING`)."""

    action: StageAction
    sources: frozenset[StageStatus]
    target: StageStatus
    side: Side
    permission: Permission
    label: str
    done: str
    comment: bool = False
    due_date: bool = False
    not_own_work: bool = False


T, B = StageStatus, StageAction
STAGE_TRANSITIONS: dict[StageAction, StageTransition] = {
    row.action: row
    for row in (
        StageTransition(
            B.BEGIN, frozenset({T.NOT_BEGUN}), T.OPEN, Side.AUDITING, P.WORK_ON_AUDITS,
            _("Begin this stage"), _("begun"),
        ),
        StageTransition(
            B.COMPLETE, frozenset({T.OPEN, T.SENT_BACK}), T.COMPLETED, Side.AUDITING, P.RUN_AUDITS,
            _("Submit this stage"), _("completed"),
        ),
        StageTransition(
            B.REOPEN, frozenset({T.COMPLETED}), T.OPEN, Side.AUDITING, P.RUN_AUDITS,
            _("Reopen for correction"), _("reopened"), comment=True,
        ),
        StageTransition(
            B.SEND_BACK, frozenset({T.COMPLETED}), T.SENT_BACK, Side.AUTHORITY, P.DECIDE_AUDITS,
            _("Send back"), _("sent back"), comment=True, due_date=True, not_own_work=True,
        ),
    )
}  # fmt: skip
