"""The roles table as a page of the documentation."""

from __future__ import annotations

from cpaudit.accounts.roles import BODY_KIND_TEXTS, STAFFS
from cpaudit.members.selectors import roles_table

HEADER = """\
# Roles and what they may do

Printed by `manage.py print_roles` from `cpaudit/accounts/roles.py`; a test fails when this page is out of date.

A person acts in a *posting*: a role at a body. The role says what he may do. Where he may do it follows from the body:
its region's subtree, its industries, its own audits (each room's `visible_to` and policies).
"""


def roles_page() -> str:
    """Markdown: which bodies give which role, permissions by roles, and who brings the first people to a body."""
    roles, lines = roles_table()
    given = [["Role", "Given by"]]
    given += [
        [role.label, ", ".join(text for kind, text in BODY_KIND_TEXTS.items() if kind in role.bodies)] for role in roles
    ]
    may = [["May", *[role.label for role in roles]]]
    may += [[line.text, *["yes" if held else "" for held in line.held]] for line in lines]
    staffs = [["Whoever may invite at", "also brings the first people to"]]
    staffs += [
        [BODY_KIND_TEXTS[kind], ", ".join(BODY_KIND_TEXTS[other] for other in sorted(others))]
        for kind, others in STAFFS.items()
        if others
    ]
    return "\n".join([HEADER, *(_table(rows) for rows in (given, may, staffs))])


def _table(rows: list[list[str]]) -> str:
    head, *body = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *body]) + "\n"
