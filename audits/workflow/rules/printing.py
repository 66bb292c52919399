"""The transition tables as Markdown, so that the document cannot say anything else than the code. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from audits.workflow.rules.stages import STAGES
from audits.workflow.rules.transitions import (
    SIDE_LABELS,
    STAGE_STATUS_LABELS,
    STAGE_TRANSITIONS,
    STATUS_LABELS,
    TRANSITIONS,
)

HEAD = """# The workflow

Printed from the tables in `audits/workflow/rules/` and `audits/options/rules/` by `manage.py print_workflow`; a test fails
when this page is stale. Each row is a change that somebody may make; everything that is not here is refused.
"""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *[list(row) for row in rows]]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def audit_table() -> str:
    rows = (
        (
            f"**{row.label}**",
            ", ".join(STATUS_LABELS[s] for s in STATUS_LABELS if s in row.sources) or "–",
            STATUS_LABELS[row.target],
            SIDE_LABELS[row.side],
            f"`{row.permission}`",
            _needs(row.comment, row.due_date, row.not_own_work),
        )
        for row in TRANSITIONS.values()
    )
    return table(("Action", "From", "To", "Who", "Permission", "Needs"), rows)


def stage_table() -> str:
    rows = (
        (
            f"**{row.label}**",
            ", ".join(STAGE_STATUS_LABELS[s] for s in STAGE_STATUS_LABELS if s in row.sources),
            STAGE_STATUS_LABELS[row.target],
            SIDE_LABELS[row.side],
            f"`{row.permission}`",
            _needs(row.comment, row.due_date, row.not_own_work),
        )
        for row in STAGE_TRANSITIONS.values()
    )
    return table(("Action", "From", "To", "Who", "Permission", "Needs"), rows)


def deliverable_table() -> str:
    rows = (
        (
            str(stage.number),
            stage.name,
            ", ".join(section.title for section in stage.sections if section.required),
            ", ".join(f"{item.title} ({item.step})" for item in stage.deliverables),
        )
        for stage in STAGES.values()
    )
    return table(("Stage", "Name", "Sections that must be written", "Deliverables (step of the manual)"), rows)


def _needs(comment: bool, due_date: bool, not_own_work: bool) -> str:
    needs = [
        word
        for word, wanted in (("comment", comment), ("date", due_date), ("not one's own work", not_own_work))
        if wanted
    ]
    return ", ".join(needs) or "–"


def workflow_document(option_table: str = "") -> str:
    """The whole page; the options' table comes from their own room."""
    parts = [HEAD, "## The audit\n", audit_table(), "## A stage, while the audit is in work\n", stage_table()]
    parts += ["## What each stage asks for\n", deliverable_table()]
    if option_table:
        parts += ["## An option\n", option_table]
    return "\n".join(parts)
