"""May this person do this with an option? The table says which side and which permission it takes."""

from __future__ import annotations

from collections.abc import Iterable

from audits.options.models import Option
from audits.options.rules.transitions import (
    OPTION_TRANSITIONS,
    OptionAction,
    OptionTransition,
    Situation,
    possible,
    rows_for,
)
from audits.workflow.models import Audit
from audits.workflow.policies import sides_of
from audits.workflow.rules.transitions import Side
from cpaudit.accounts.models import User
from cpaudit.rulebook.errors import NotAllowed
from cpaudit.rulebook.findings import _

_SENTENCES: dict[frozenset[Side], str] = {
    frozenset({Side.AUDITING}): _("Only the organisation that carries out the audit can do this."),
    frozenset({Side.ENTERPRISE}): _("Only the enterprise can do this."),
    frozenset({Side.AUDITING, Side.ENTERPRISE}): _(
        "Only the enterprise, or the organisation that carries out the audit, can do this."
    ),
}


def rows_open_to(action: OptionAction, user: User, audit: Audit) -> list[OptionTransition]:
    """The rows of the table this person could use in this audit, whatever the statuses are. `NotAllowed` if none."""
    sides = sides_of(user, audit)
    rows = rows_for(action, sides, user.may)
    if rows:
        return rows
    needed = frozenset(row.side for row in OPTION_TRANSITIONS if row.action is action)
    if sides & needed:
        raise NotAllowed(_("Your role at your organisation does not include this. Ask a colleague whose role does."))
    raise NotAllowed(_SENTENCES[needed])


def check_can(action: OptionAction, user: User, audit: Audit) -> None:
    """May he ever do this with options of this audit? Statuses are not asked here, the table does."""
    rows_open_to(action, user, audit)


def situation(option: Option | None, audit: Audit) -> Situation:
    """What the table looks at; `option` None asks about the audit as a whole (adding)."""
    if option is None:
        return Situation(status=None, cost_class=None, audit_status=audit.status)
    return Situation(status=option.status, cost_class=option.cost_class, audit_status=audit.status)


def actions_open_to(user: User, audit: Audit, option: Option | None = None) -> dict[OptionAction, OptionTransition]:
    """What this person can do now with this option (or, without one, with the register): for the buttons."""
    return possible(situation(option, audit), sides_of(user, audit), user.may)


def actions_by_option(
    user: User, audit: Audit, options: Iterable[Option]
) -> dict[int, dict[OptionAction, OptionTransition]]:
    """The same for many options of one audit, asking only once on which sides the person is."""
    sides = sides_of(user, audit)
    return {option.pk: possible(situation(option, audit), sides, user.may) for option in options}
