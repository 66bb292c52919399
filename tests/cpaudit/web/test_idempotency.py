"""Repeated writing calls: one effect, one answer."""

import datetime as dt
import threading
import time
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import path
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from cpaudit.accounts.models import IdempotencyKey, User
from cpaudit.web.idempotency import forget_old_answers, idempotent
from tests.factories.people import make_authority, make_posting, make_user

gate = threading.Event()


class Members(APIView):
    """A call with an effect that can be counted: it makes a user."""

    parser_classes = [JSONParser, MultiPartParser]

    @idempotent
    def post(self, request: Request) -> Response:
        user = User.objects.create_user(email=request.data["email"])
        if request.data.get("fail") == "raise":
            raise NotFound
        if request.data.get("fail") == "return":
            return Response({"detail": "no"}, status=409)
        if request.data.get("wait"):
            gate.wait(10)
        return Response({"id": user.pk}, status=201, headers={"Location": f"/members/{user.pk}/"})


urlpatterns = [path("members/", Members.as_view())]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference"), pytest.mark.urls(__name__)]


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def made(email: str = "new@example.org") -> int:
    return User.objects.filter(email=email).count()


def test_repeated_call_gets_the_first_answer_and_does_nothing_twice():
    client = client_of(make_user(make_authority()))

    first = client.post("/members/", {"email": "new@example.org"}, format="json", headers={"Idempotency-Key": "k1"})
    again = client.post("/members/", {"email": "new@example.org"}, format="json", headers={"Idempotency-Key": "k1"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert again["Idempotent-Replayed"] == "true"
    assert made() == 1


def test_same_json_in_another_order_is_the_same_call():
    client = client_of(make_user(make_authority()))
    headers = {"Idempotency-Key": "k1"}

    client.post("/members/", b'{"email": "new@example.org", "a": 1}', content_type="application/json", headers=headers)
    again = client.post(
        "/members/", b'{"a":1,"email":"new@example.org"}', content_type="application/json", headers=headers
    )

    assert again.status_code == 201


def test_same_key_with_another_body_is_refused():
    client = client_of(make_user(make_authority()))

    client.post("/members/", {"email": "new@example.org"}, format="json", headers={"Idempotency-Key": "k1"})
    other = client.post("/members/", {"email": "other@example.org"}, format="json", headers={"Idempotency-Key": "k1"})

    assert other.status_code == 422
    assert other["Content-Type"] == "application/problem+json"
    assert other.json()["type"] == "urn:cpaudit:problem:key-reused"
    assert made("other@example.org") == 0


def test_same_key_with_another_file_is_refused():
    client = client_of(make_user(make_authority()))

    def upload(content: bytes) -> int:
        data = {"email": "new@example.org", "file": SimpleUploadedFile("evidence.txt", content)}
        return client.post("/members/", data, format="multipart", headers={"Idempotency-Key": "k1"}).status_code

    assert upload(b"one") == 201
    assert upload(b"one") == 201
    assert upload(b"two") == 422


def test_same_key_in_another_posting_is_refused():
    user = make_user(make_authority())
    client_of(user).post("/members/", {"email": "new@example.org"}, format="json", headers={"Idempotency-Key": "k1"})
    user.acting_as(make_posting(user, make_authority()))

    answer = client_of(user).post(
        "/members/", {"email": "new@example.org"}, format="json", headers={"Idempotency-Key": "k1"}
    )

    assert answer.status_code == 422


def test_keys_of_two_people_do_not_meet():
    for number in (1, 2):
        answer = client_of(make_user(make_authority())).post(
            "/members/", {"email": f"new{number}@example.org"}, format="json", headers={"Idempotency-Key": "k1"}
        )
        assert answer.status_code == 201


@pytest.mark.parametrize("how", ["raise", "return"])
def test_refusal_leaves_no_effect_and_is_not_kept(how: str):
    client = client_of(make_user(make_authority()))

    refused = client.post(
        "/members/", {"email": "new@example.org", "fail": how}, format="json", headers={"Idempotency-Key": "k1"}
    )
    assert refused.status_code in {404, 409}
    assert made() == 0
    assert not IdempotencyKey.objects.exists()

    then = client.post("/members/", {"email": "new@example.org"}, format="json", headers={"Idempotency-Key": "k1"})
    assert then.status_code == 201


@pytest.mark.parametrize("key", ["", " ", "two words", "k" * 121, "schlüssel", "tab\t"])
def test_unusable_key_is_refused_before_anything_happens(key: str):
    client = client_of(make_user(make_authority()))

    answer = client.post("/members/", {"email": "new@example.org"}, format="json", headers={"Idempotency-Key": key})

    assert answer.status_code == 400
    assert made() == 0


def test_without_a_key_the_call_runs_as_it_is():
    answer = client_of(make_user(make_authority())).post("/members/", {"email": "new@example.org"}, format="json")

    assert answer.status_code == 201
    assert not IdempotencyKey.objects.exists()


def test_old_answers_are_forgotten_and_young_ones_kept():
    user, now = make_user(), timezone.now()
    for key, age in (("old", 31), ("young", 29)):
        IdempotencyKey.objects.create(
            user=user, key=key, request_hash="", status=201, created_at=now - dt.timedelta(days=age)
        )

    assert forget_old_answers(at=now) == 1
    assert IdempotencyKey.objects.get().key == "young"


def call_from_a_thread(user: User, answers: list[int], **more: object) -> None:
    try:
        body = {"email": "new@example.org", **more}
        answer = client_of(user).post("/members/", body, format="json", headers={"Idempotency-Key": "k1"})
        answers.append(answer.status_code)
    finally:
        connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_second_call_while_the_first_is_at_work_is_told_to_wait():
    user, answers = make_user(make_authority()), list[int]()
    gate.clear()

    threads = [
        threading.Thread(target=call_from_a_thread, args=(user, answers), kwargs={"wait": True}) for _ in range(2)
    ]
    threads[0].start()
    wait_for(somebody_is_at_work)
    threads[1].start()
    threads[1].join()
    gate.set()
    threads[0].join()

    assert answers == [409, 201]
    assert made() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_calls_at_once_with_one_key_have_one_effect():
    user, answers = make_user(make_authority()), list[int]()

    threads = [threading.Thread(target=call_from_a_thread, args=(user, answers)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(answers) <= {201, 409} and 201 in answers
    assert made() == 1
    assert IdempotencyKey.objects.count() == 1


def somebody_is_at_work() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        return cursor.fetchone()[0] > 0


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("It never happened.")
