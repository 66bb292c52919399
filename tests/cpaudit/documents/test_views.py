"""Handing files out: to whom, and how."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from cpaudit.accounts import sight
from cpaudit.accounts.models import Body, User
from cpaudit.documents.models import StoredFile
from cpaudit.documents.services import remove_file, store_upload
from tests.factories.people import make_authority, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
NOW = dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def bodies_own_files(monkeypatch, settings, tmp_path: Path) -> None:
    """For these tests a body's files are seen by its people."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setitem(sight._answers, "cpaudit.body", lambda user, pk: user.body is not None and user.body.pk == pk)


def kept_for(body: Body, name: str = "水表.pdf", content: bytes = b"%PDF-1.7 x") -> StoredFile:
    return store_upload(thing=body, upload=SimpleUploadedFile(name, content), by=None, at=NOW)


def get(client: Client, user: User, file: StoredFile, query: str = ""):
    client.force_login(user)
    return client.get(reverse("documents:file-download", args=[file.pk]) + query)


def test_download_carries_the_bytes_and_the_name(client: Client):
    body = make_authority()
    answer = get(client, make_user(body), kept_for(body))

    assert answer.status_code == 200
    assert answer.getvalue() == b"%PDF-1.7 x"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E6%B0%B4%E8%A1%A8.pdf"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]


def test_pdf_can_be_shown_but_not_run_anything(client: Client):
    body = make_authority()
    answer = get(client, make_user(body), kept_for(body), "?show=1")

    assert answer["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_text_is_only_ever_downloaded(client: Client):
    body = make_authority()
    page = kept_for(body, "page.txt", b"<script>alert(1)</script>")

    assert get(client, make_user(body), page, "?show=1")["Content-Disposition"].startswith("attachment")


def test_file_of_a_foreign_thing_is_not_there(client: Client):
    file = kept_for(make_authority())

    assert get(client, make_user(make_authority()), file).status_code == 404


def test_file_of_a_kind_nobody_answers_for_is_not_there(client: Client):
    body = make_authority()
    file = kept_for(body)
    StoredFile.objects.filter(pk=file.pk).update(thing_kind="nobody.knows")

    assert get(client, make_user(body), file).status_code == 404


def test_removed_file_is_not_there(client: Client):
    body = make_authority()
    file = kept_for(body)
    remove_file(file=file, thing=body, by=None, at=NOW)

    assert get(client, make_user(body), file).status_code == 404


def test_file_missing_in_the_storage_is_not_there(client: Client):
    body = make_authority()
    file = kept_for(body)
    file.file.storage.delete(file.file.name)

    assert get(client, make_user(body), file).status_code == 404


def test_stranger_is_asked_to_sign_in(client: Client):
    file = kept_for(make_authority())

    answer = client.get(reverse("documents:file-download", args=[file.pk]))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_rest_gives_the_same_bytes_to_the_same_people():
    body = make_authority()
    file = kept_for(body)
    mine, foreign = APIClient(), APIClient()
    mine.force_authenticate(make_user(body))
    foreign.force_authenticate(make_user(make_authority()))
    address = reverse("file-content", args=[file.pk])

    assert b"".join(mine.get(address)) == b"%PDF-1.7 x"
    assert foreign.get(address).status_code == 404
    assert APIClient().get(address).status_code == 401
