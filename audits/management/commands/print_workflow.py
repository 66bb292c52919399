"""Print the workflow's tables: `manage.py print_workflow > docs/workflow.md`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from audits.options.rules.printing import option_table
from audits.workflow.rules.printing import workflow_document


class Command(BaseCommand):
    help = "Prints docs/workflow.md from the transition tables."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(workflow_document(option_table()), ending="")
