"""Whose figures a reader gets: those of his jurisdiction, or the public's."""

from __future__ import annotations

from typing import Any, TypeGuard

from cpaudit.accounts.models import User
from cpaudit.accounts.roles import Permission


def has_jurisdiction(user: Any) -> TypeGuard[User]:
    """Does he act for a body in a role that sees statistics? Everybody else gets what the public gets, never less."""
    return isinstance(user, User) and user.body is not None and user.may(Permission.SEE_STATISTICS)
