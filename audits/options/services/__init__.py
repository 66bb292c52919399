"""What people do to options, by subject. Each function is one act: policy, table, conditional write, trail, notice."""

from audits.options.services.approval import approve_feasible, note_overdue
from audits.options.services.carrying_out import (
    abandon_option,
    correct_results,
    mark_implemented,
    record_progress,
    reopen_option,
    start_option,
)
from audits.options.services.effects import record_effect, remove_effect
from audits.options.services.evidence import add_evidence, remove_evidence
from audits.options.services.writing import (
    add_option,
    change_option,
    remove_option,
    screen_option,
    set_thresholds,
    undo_screening,
)

__all__ = [
    "abandon_option",
    "add_evidence",
    "add_option",
    "approve_feasible",
    "change_option",
    "correct_results",
    "mark_implemented",
    "note_overdue",
    "record_effect",
    "record_progress",
    "remove_effect",
    "remove_evidence",
    "remove_option",
    "reopen_option",
    "screen_option",
    "set_thresholds",
    "start_option",
    "undo_screening",
]
