"""Pages by key stay stable while rows come and go and keys are equal; pages by number are bounded."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from cpaudit.notices.models import Notice
from cpaudit.web import pagination
from cpaudit.web.pagination import KeysetPagination, page_of

MORNING = dt.datetime(2026, 11, 21, 8, 0, 0, 123456, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


class View:
    def __init__(self, *ordering: str) -> None:
        if ordering:
            self.ordering = ordering


def make(count: int, **fields: Any) -> list[Notice]:
    made = []
    for number in range(count):
        values = {key: value(number) if callable(value) else value for key, value in fields.items()}
        made.append(Notice.objects.create(unique_key=uuid.uuid4(), **({"kind": "k", "created_at": MORNING} | values)))
    return made


def ask(url: str, *ordering: str, queryset=None) -> dict[str, Any]:
    paginator = KeysetPagination()
    request = Request(APIRequestFactory().get(url))
    rows = paginator.paginate_queryset(Notice.objects.all() if queryset is None else queryset, request, View(*ordering))
    return paginator.get_paginated_response([row.pk for row in rows]).data


def walk(url: str, *ordering: str, link: str = "next") -> Iterator[list[int]]:
    while url:
        page = ask(url, *ordering)
        yield page["results"]
        url = page[link]


@pytest.mark.parametrize("ordering", [("created_at",), ("-created_at",), ("kind", "-created_at"), ("-read_at",), ()])
@pytest.mark.parametrize("size", [1, 3, 7, 50])
def test_walking_forward_and_back_shows_every_row_once_in_one_order(ordering: tuple[str, ...], size: int) -> None:
    make(
        17,
        kind=lambda n: "ab"[n % 2],
        created_at=lambda n: MORNING + dt.timedelta(microseconds=n // 4),
        read_at=lambda n: None if n % 3 else MORNING + dt.timedelta(seconds=n // 6),
    )
    forward = [pk for page in walk(f"/x/?page_size={size}", *ordering) for pk in page]
    last = list(walk_pages(f"/x/?page_size={size}", *ordering))[-1]
    backward = [pk for page in reversed(list(walk_back(last, *ordering))) for pk in page]

    assert len(forward) == 17
    assert len(set(forward)) == 17
    assert backward == forward


def walk_pages(url: str, *ordering: str) -> Iterator[dict[str, Any]]:
    while url:
        page = ask(url, *ordering)
        yield page
        url = page["next"]


def walk_back(page: dict[str, Any], *ordering: str) -> Iterator[list[int]]:
    yield page["results"]
    while page["previous"]:
        page = ask(page["previous"], *ordering)
        yield page["results"]


def test_first_page_has_no_previous_and_last_no_next() -> None:
    make(3)
    first = ask("/x/?page_size=2")
    second = ask(first["next"])

    assert first["previous"] is None
    assert second["next"] is None
    assert ask(second["previous"])["results"] == first["results"]


def test_row_added_or_removed_meanwhile_shifts_nothing() -> None:
    rows = make(6)
    first = ask("/x/?page_size=2", "pk")
    rows[0].delete()
    make(1)
    second = ask(first["next"], "pk")

    assert second["results"] == [rows[2].pk, rows[3].pk]


def test_next_link_works_when_the_edge_row_is_gone() -> None:
    rows = make(4)
    first = ask("/x/?page_size=2", "pk")
    rows[1].delete()

    assert ask(first["next"], "pk")["results"] == [rows[2].pk, rows[3].pk]


def test_filters_survive_in_the_links() -> None:
    make(3)

    assert "kind=k" in ask("/x/?kind=k&page_size=1")["next"]


def test_page_costs_one_query_at_any_depth(django_assert_num_queries) -> None:
    make(9)
    last = list(walk_pages("/x/?page_size=2"))[-1]
    with django_assert_num_queries(1):
        ask(last["previous"])


@pytest.mark.parametrize("size", ["0", "-1", "201", "x", "1e3", "", "９", "99999999999"])
def test_page_size_out_of_bounds_is_refused(size: str) -> None:
    with pytest.raises(ValidationError):
        ask(f"/x/?page_size={size}")


@pytest.mark.parametrize(
    "cursor",
    ["x", "ඞ", "WyJuIl0", "bnVsbA", "W10", pagination._encode(["n", "not a number"]), pagination._encode(["n", 2**70])],
)
def test_cursor_of_nothing_is_refused(cursor: str) -> None:
    with pytest.raises(ValidationError):
        ask(f"/x/?cursor={cursor}")


def test_cursor_of_another_order_is_refused() -> None:
    make(3)
    url = ask("/x/?page_size=1", "kind", "pk")["next"]
    with pytest.raises(ValidationError):
        ask(url, "pk")


def numbered(query: str, queryset=None, size: int = 2):
    return page_of(Notice.objects.all() if queryset is None else queryset, RequestFactory().get(f"/x/?{query}"), size)


def test_page_for_people_is_cut_and_ordered_to_the_end() -> None:
    rows = make(5)
    shown = [row.pk for number in (1, 2, 3) for row in numbered(f"page={number}", Notice.objects.order_by("kind"))]

    assert shown == [row.pk for row in rows]


@pytest.mark.parametrize(("asked", "number"), [("", 1), ("x", 1), ("0", 3), ("99", 3), ("2", 2)])
def test_odd_page_number_gives_the_nearest_page(asked: str, number: int) -> None:
    make(5)

    assert numbered(f"page={asked}").number == number


def test_count_is_bounded(monkeypatch) -> None:
    make(6)
    monkeypatch.setattr(pagination, "MAX_COUNT", 3)
    page = numbered("")

    assert page.paginator.count == 4
    assert page.paginator.is_bounded


def test_plain_sequence_pages_too() -> None:
    assert list(numbered("page=2", range(5))) == [2, 3]
