"""Reading files."""

from __future__ import annotations

from cpaudit.accounts import sight
from cpaudit.accounts.models import User
from cpaudit.documents.models import StoredFile


def file_for(user: User, pk: int) -> StoredFile | None:
    """The file, if it was not removed and the user may see what it belongs to."""
    file = StoredFile.objects.filter(pk=pk, removed_at=None).first()
    return file if file and sight.may_see(user, file.thing_kind, file.thing_id) else None
