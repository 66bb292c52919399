"""Gathers the tasks of the rooms for Celery."""

from audits.reports.tasks import render_report, sweep_renderings
from audits.workflow.tasks import run_clocks

__all__ = ["render_report", "run_clocks", "sweep_renderings"]
