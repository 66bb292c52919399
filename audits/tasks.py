"""Gathers the tasks of the rooms for Celery."""

from audits.options.tasks import note_overdue_options
from audits.reports.tasks import render_report, sweep_renderings
from audits.workflow.tasks import run_clocks

__all__ = ["note_overdue_options", "render_report", "run_clocks", "sweep_renderings"]
