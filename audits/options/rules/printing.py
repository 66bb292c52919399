"""The options' table as Markdown, for `docs/workflow.md`. Pure."""

from __future__ import annotations

from audits.options.rules import OPTION_STATUS_LABELS
from audits.options.rules.transitions import OPTION_TRANSITIONS, OptionTransition
from audits.workflow.rules.printing import table
from audits.workflow.rules.transitions import SIDE_LABELS, STATUS_LABELS


def option_table() -> str:
    """Every row of the table, in its order."""
    head = ("Action", "From", "To", "Audit is", "Who", "Permission", "Needs")
    return table(head, (_cells(row) for row in OPTION_TRANSITIONS))


def _cells(row: OptionTransition) -> tuple[str, ...]:
    needs = [
        word
        for word, wanted in (("reason", row.reason), ("no or low cost", row.early), ("by itself", row.automatic))
        if wanted
    ]
    unchanged = "removed" if row.removes else "as it is"
    return (
        f"**{row.label}**",
        ", ".join(label for status, label in OPTION_STATUS_LABELS.items() if status in row.sources) or "–",
        OPTION_STATUS_LABELS[row.target] if row.target else unchanged,
        ", ".join(label for status, label in STATUS_LABELS.items() if status in row.audit_statuses),
        SIDE_LABELS[row.side],
        f"`{row.permission}`",
        ", ".join(needs) or "–",
    )
