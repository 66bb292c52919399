"""Files that show what an option is and did: offers, invoices, measurement reports, photographs."""

from __future__ import annotations

import datetime as dt

from django.core.files.base import File
from django.db import transaction

from audits.options.models import Option
from audits.options.rules.transitions import OptionAction
from audits.options.services.holding import Held, hold
from cpaudit.accounts.models import User
from cpaudit.documents.models import Purpose, StoredFile
from cpaudit.documents.services import remove_file, store_upload


@transaction.atomic
def add_evidence(
    *, option: Option, upload: File[bytes], caption: str = "", by: User, at: dt.datetime
) -> StoredFile:  # fmt: skip
    """Keep a file with the option."""
    return keep_file(hold(option, OptionAction.EVIDENCE, version=None, by=by), upload, caption=caption, by=by, at=at)


@transaction.atomic
def remove_evidence(*, option: Option, file: StoredFile, by: User, at: dt.datetime) -> None:
    """Take a file out of sight again, while files can be added."""
    held = hold(option, OptionAction.EVIDENCE, version=None, by=by)
    remove_file(file=file, thing=held.audit, by=by, at=at)


def keep_file(held: Held, upload: File[bytes], *, caption: str = "", by: User, at: dt.datetime) -> StoredFile:
    """Store a file under the option's part of its audit; the caller holds the option and has asked whether he may."""
    return store_upload(
        thing=held.audit, upload=upload, purpose=Purpose.EVIDENCE, part=held.option.part, caption=caption.strip(),
        by=by, at=at,
    )  # fmt: skip
