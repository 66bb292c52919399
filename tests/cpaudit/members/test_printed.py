"""The printed roles are those of the table."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from cpaudit.members.printed import roles_page


def test_docs_are_up_to_date():
    page = (settings.BASE_DIR / "docs" / "roles.md").read_text(encoding="utf-8")

    assert page == roles_page(), "Run `manage.py print_roles`."


def test_command_writes_the_page(tmp_path: Path):
    call_command("print_roles", path=tmp_path / "roles.md", verbosity=0)

    assert (tmp_path / "roles.md").read_text(encoding="utf-8") == roles_page()
