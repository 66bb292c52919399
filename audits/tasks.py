"""Gathers the tasks of the rooms for Celery."""

from audits.workflow.tasks import run_clocks

__all__ = ["run_clocks"]
