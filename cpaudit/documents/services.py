"""Taking files in, and taking them away."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils.translation import gettext as _

from cpaudit.accounts.models import User
from cpaudit.documents import rules
from cpaudit.documents.models import Purpose, StoredFile, storage_path
from cpaudit.rulebook.errors import Invalid, Refusal, Stale
from cpaudit.trail.services import record

logger = logging.getLogger(__name__)

ORPHAN_AGE = dt.timedelta(days=1)
"""A stored file without a row is left alone for so long: the transaction that writes its row may still be open."""


class NotStored(Refusal):
    """The storage did not take the file (HTTP 503)."""

    status = 503


def store_upload(
    *,
    thing: models.Model,
    upload: File[bytes],
    purpose: Purpose | str = Purpose.EVIDENCE,
    part: str = "",
    caption: str = "",
    by: User | None,
    at: dt.datetime,
) -> StoredFile:
    """Keep a file somebody uploaded for `thing` (whoever may see the thing may see the file).

    Raises `Invalid` (keyed `file`) for a file that is empty, too large or of a type that is not taken, and `NotStored`
    when the storage fails. Whether `by` may add files to the thing, the caller has asked.
    """
    kind = check_upload(upload)
    name = rules.shown_name(upload.name or "", kind)
    stored = StoredFile(purpose=purpose, name=name, content_type=kind.content_type, part=part, caption=caption)
    return _store(stored, upload, thing=thing, by=by, at=at)


def store_made(
    *,
    thing: models.Model,
    content: bytes | File[bytes],
    name: str,
    content_type: str,
    purpose: Purpose | str,
    part: str = "",
    by: User | None,
    at: dt.datetime,
) -> StoredFile:
    """Keep a file the system made itself (a rendered report), or has checked by other means (a table to import)."""
    stored = StoredFile(purpose=purpose, name=name, content_type=content_type, part=part)
    file = content if isinstance(content, File) else ContentFile(content)
    return _store(stored, file, thing=thing, by=by, at=at)


def remove_file(*, file: StoredFile, thing: models.Model, by: User | None, at: dt.datetime) -> None:
    """Take a file out of sight. Its bytes stay: what was decided with it at hand must remain provable."""
    with transaction.atomic():
        if not StoredFile.objects.filter(pk=file.pk, removed_at=None).update(removed_at=at):
            raise Stale(_("This file has been removed already."))
        record(verb="file.removed", thing=thing, by=by, at=at, facts={"file": file.name}, part=file.part)


def check_upload(upload: File[bytes]) -> rules.FileType:
    """The file's type; raises `Invalid` with what is wrong and which files are taken."""
    if not upload.size:
        raise _unfit(_("The file is empty."))
    if upload.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
        raise _unfit(_("The file is larger than %(limit)s MB.") % {"limit": limit})
    upload.seek(0)
    head = upload.read(rules.HEAD)
    upload.seek(max(0, upload.size - rules.TAIL))
    tail = upload.read(rules.TAIL)
    upload.seek(0)
    kind = rules.type_of(head, tail, upload.name or "")
    if kind is None:
        raise _unfit(
            _("This type of file is not taken. Give PDF, PNG, JPEG, WebP, XLSX or DOCX (without macros), CSV or TXT.")
        )
    return kind


def _unfit(sentence: str) -> Invalid:
    return Invalid(sentence, {"file": [sentence]})


def _store(
    stored: StoredFile, content: File[bytes], *, thing: models.Model, by: User | None, at: dt.datetime
) -> StoredFile:
    """Storage first, then the row: a row always has its file.

    The other way round does happen. If writing the row fails here, the file is removed at once. If a transaction
    around this one is rolled back later, nobody tells us (Django has no hook for it): `remove_orphans` finds the file
    at night.
    """
    stored.sha256 = _sha256(content)
    stored.size = content.size
    stored.thing_kind, stored.thing_id = thing._meta.label_lower, thing.pk
    stored.uploaded_by, stored.uploaded_at = by, at
    try:
        stored.file = default_storage.save(storage_path(stored, ""), content)
    except Exception as error:  # each storage has errors of its own, and all of them mean the same to the person
        logger.exception("The storage did not take a file")
        raise NotStored(_("The file could not be stored. Nothing was changed; please try again.")) from error
    try:
        with transaction.atomic():
            stored.save()
            record(verb="file.added", thing=thing, by=by, at=at, facts={"file": stored.name}, part=stored.part)
    except BaseException:
        default_storage.delete(stored.file.name)
        raise
    return stored


def _sha256(content: File[bytes]) -> str:
    digest = hashlib.sha256()
    content.seek(0)
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()


def remove_orphans(*, by: User | None, at: dt.datetime) -> int:
    """Remove stored files that no row knows, left behind by rolled-back transactions; returns how many.

    Looks through this month's folders and the last one's, where anything written since the last night must lie.
    """
    removed = 0
    for folder in _recent_folders(at):
        for path in _unknown_files(folder):
            if default_storage.get_modified_time(path) < at - ORPHAN_AGE:
                default_storage.delete(path)
                removed += 1
    if removed:
        logger.info("%s stored files without a row were removed by %s", removed, by or "the system")
    return removed


def _recent_folders(at: dt.datetime) -> Iterator[str]:
    for purpose in Purpose.values:
        for day in (at, at.replace(day=1) - dt.timedelta(days=1)):
            yield f"{purpose}/{day:%Y/%m}"


def _unknown_files(folder: str) -> list[str]:
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    known = set(StoredFile.objects.filter(file__startswith=f"{folder}/").values_list("file", flat=True))
    return [path for name in names if (path := f"{folder}/{name}") not in known]
