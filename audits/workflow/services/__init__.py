"""What people do to an audit, by subject. One function, one act."""

from audits.workflow.services.clocks import run_clocks
from audits.workflow.services.moves import move
from audits.workflow.services.opening import (
    cancel,
    decline,
    engage,
    open_compulsory,
    open_voluntary,
    self_audit,
    set_thresholds,
    start,
)
from audits.workflow.services.records import (
    add_stage_file,
    log_work,
    part_of,
    remove_stage_file,
    remove_work,
    set_stage_dates,
    tick_deliverable,
    untick_deliverable,
    write_section,
)
from audits.workflow.services.stages import begin_stage, complete_stage, reopen_stage, send_stage_back
from audits.workflow.services.team import add_member, remove_member

__all__ = [
    "add_member",
    "add_stage_file",
    "begin_stage",
    "cancel",
    "complete_stage",
    "decline",
    "engage",
    "log_work",
    "move",
    "open_compulsory",
    "open_voluntary",
    "part_of",
    "remove_member",
    "remove_stage_file",
    "remove_work",
    "reopen_stage",
    "run_clocks",
    "self_audit",
    "send_stage_back",
    "set_stage_dates",
    "set_thresholds",
    "start",
    "tick_deliverable",
    "untick_deliverable",
    "write_section",
]
