"""Keeping files, and what happens when keeping them fails."""

import datetime as dt
import hashlib
import os
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone

from cpaudit.documents.models import Purpose, StoredFile
from cpaudit.documents.services import NotStored, remove_file, remove_orphans, store_made, store_upload
from cpaudit.rulebook.errors import Invalid, Stale
from cpaudit.trail.models import Event
from tests.factories.people import make_authority, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
NOW = dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC)
PDF = b"%PDF-1.7 the content"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def upload(content: bytes = PDF, name: str = "meter.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/x-anything")


def keep(thing, by, **more) -> StoredFile:
    return store_upload(thing=thing, by=by, at=NOW, **{"upload": upload(), **more})


def test_upload_is_kept_with_hash_size_type_and_owner():
    body = make_authority()
    by = make_user(body)

    kept = StoredFile.objects.get(pk=keep(body, by, part="stage_3", caption="Water meter").pk)

    assert kept.file.read() == PDF
    assert kept.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (kept.size, kept.content_type, kept.name) == (len(PDF), "application/pdf", "meter.pdf")
    assert (kept.part, kept.caption, kept.purpose) == ("stage_3", "Water meter", Purpose.EVIDENCE)
    assert list(StoredFile.objects.about(body)) == [kept]
    assert (kept.uploaded_by, kept.uploaded_at) == (by, NOW)


def test_upload_is_in_the_timeline_of_its_thing():
    body = make_authority()

    keep(body, make_user(body))

    event = Event.objects.about(body).get()
    assert (event.verb, event.facts) == ("file.added", {"file": "meter.pdf"})


def test_path_in_the_storage_tells_nothing_of_the_upload(folder: Path):
    keep(make_authority(), None, upload=upload(name="../../secret.pdf"))

    (path,) = files_in(folder)
    assert "secret" not in path.name
    assert path.suffix == ""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"x" * (1024 * 1024 + 1), "The file is larger than 1 MB."),
        (b"MZ\x90\x00", "This type of file is not taken."),
    ],
)
def test_unfit_upload_is_refused_with_a_reason(settings, folder: Path, content: bytes, sentence: str):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024

    with pytest.raises(Invalid) as refusal:
        keep(make_authority(), None, upload=upload(content))

    assert refusal.value.errors["file"][0].startswith(sentence)
    assert not StoredFile.objects.exists()
    assert files_in(folder) == []


def test_storage_that_fails_is_told_and_leaves_no_row(settings, tmp_path: Path):
    in_the_way = tmp_path / "a-file"
    in_the_way.touch()
    settings.MEDIA_ROOT = in_the_way  # a folder cannot be made inside a file

    with pytest.raises(NotStored) as refusal:
        keep(make_authority(), None)

    assert refusal.value.status == 503
    assert not StoredFile.objects.exists()
    assert not Event.objects.exists()


def test_row_that_cannot_be_written_takes_its_file_along(folder: Path):
    with pytest.raises((DatabaseError, ValueError)), transaction.atomic():
        keep(make_authority(), None, caption=None)

    assert files_in(folder) == []


def test_removed_file_is_out_of_sight_but_its_bytes_stay(folder: Path):
    body = make_authority()
    kept = keep(body, None)

    remove_file(file=kept, thing=body, by=make_user(body), at=NOW)

    assert not StoredFile.objects.about(body).exists()
    assert len(files_in(folder)) == 1
    assert [event.verb for event in Event.objects.about(body)] == ["file.added", "file.removed"]


def test_file_is_removed_once():
    body = make_authority()
    kept = keep(body, None)
    remove_file(file=kept, thing=body, by=None, at=NOW)

    with pytest.raises(Stale):
        remove_file(file=kept, thing=body, by=None, at=NOW)

    assert Event.objects.about(body).filter(verb="file.removed").count() == 1


def test_file_made_by_the_system_is_kept_as_it_is():
    body = make_authority()

    kept = store_made(
        thing=body,
        content=PDF,
        name="report.pdf",
        content_type="application/pdf",
        purpose=Purpose.REPORT,
        by=None,
        at=NOW,
    )

    assert kept.file.read() == PDF
    assert kept.file.name.startswith("report/")


def test_file_of_a_rolled_back_transaction_is_removed_at_night_and_no_other(folder: Path):
    now = timezone.now()
    kept = keep(make_authority(), None)
    with pytest.raises(RuntimeError), transaction.atomic():
        lost = store_upload(thing=make_authority(), upload=upload(), by=None, at=now)
        raise RuntimeError
    young = store_made(
        thing=make_authority(),
        content=PDF,
        name="a.pdf",
        content_type="application/pdf",
        purpose=Purpose.REPORT,
        by=None,
        at=now,
    )
    StoredFile.objects.filter(pk=young.pk).delete()
    for file in (kept, lost):
        two_days_ago = (now - dt.timedelta(days=2)).timestamp()
        os.utime(folder / file.file.name, (two_days_ago, two_days_ago))

    assert remove_orphans(by=None, at=now) == 1

    assert isinstance(default_storage._wrapped, FileSystemStorage)
    left = {str(path.relative_to(folder)) for path in files_in(folder)}
    assert left == {kept.file.name, young.file.name}
