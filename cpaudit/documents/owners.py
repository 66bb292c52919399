"""Who may see a file: whoever may see the thing it belongs to.

This room lies below the rooms whose things own files, and may not know them. Each of them registers, when the
application starts (`AppConfig.ready`), the question "may this user see that thing?" for its kind:

    owners.register("audits.audit", lambda user, pk: Audit.objects.visible_to(user).filter(pk=pk).exists())
"""

from __future__ import annotations

from collections.abc import Callable

from cpaudit.accounts.models import User

MaySee = Callable[[User, int], bool]
_owners: dict[str, MaySee] = {}


def register(thing_kind: str, may_see: MaySee) -> None:
    """Files of `thing_kind` (``audits.audit``, as in `Model._meta.label_lower`) are seen by whom `may_see` lets."""
    _owners[thing_kind] = may_see


def may_see(user: User, thing_kind: str, thing_id: int) -> bool:
    """Of a kind nobody registered, nobody sees anything."""
    ask = _owners.get(thing_kind)
    return ask is not None and ask(user, thing_id)
