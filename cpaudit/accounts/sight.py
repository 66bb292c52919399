"""May this user see that thing? Asked by rooms that lie below the thing's room, and so may not know it.

Files belong to things, and notices are about things of higher floors. Each higher room registers, when the application
starts (`AppConfig.ready`), how to answer for its kind:

    sight.register("audits.audit", lambda user, pk: Audit.objects.visible_to(user).filter(pk=pk).exists())
"""

from __future__ import annotations

from collections.abc import Callable

from cpaudit.accounts.models import Posting, User

MaySee = Callable[[User, int], bool]
_answers: dict[str, MaySee] = {}


def register(thing_kind: str, may_see: MaySee) -> None:
    """Things of `thing_kind` (``audits.audit``, as in `Model._meta.label_lower`) are seen by whom `may_see` lets."""
    _answers[thing_kind] = may_see


def may_see(user: User, thing_kind: str, thing_id: int) -> bool:
    """Of a kind nobody registered, nobody sees anything."""
    ask = _answers.get(thing_kind)
    return ask is not None and ask(user, thing_id)


def posting_that_sees(user: User, thing_kind: str, thing_id: int | None) -> Posting | None:
    """In which of his postings the user sees the thing: the one he acts in if it does, else the first that does.

    None: in none of them, or nobody can tell. Leaves the user acting as before.
    """
    acting = user.posting
    if thing_id is None or thing_kind not in _answers or acting is None:
        return None
    try:
        others = [posting for posting in user.current_postings if posting.pk != acting.pk]
        return next((one for one in [acting, *others] if may_see(user.acting_as(one), thing_kind, thing_id)), None)
    finally:
        user.acting_as(acting)
