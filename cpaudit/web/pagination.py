"""Lists in bounded pages: by key for programs (stable while rows come and go), by number for people."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.paginator import Page, Paginator
from django.db.models import F, Field, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

MAX_PAGE_SIZE = 200
MAX_COUNT = 10_000
"""A page for people says "more than 10,000" above this: counting millions of rows costs more than the page."""


# --- For people -----------------------------------------------------------------------------------------------------
class BoundedPaginator(Paginator):
    """Django's paginator that never counts further than `MAX_COUNT` rows."""

    @cached_property
    def count(self) -> int:
        if isinstance(self.object_list, QuerySet):
            return self.object_list.order_by()[: MAX_COUNT + 1].count()
        return len(self.object_list)

    @property
    def is_bounded(self) -> bool:
        """Are there more rows than were counted?"""
        return self.count > MAX_COUNT


def page_of(queryset: QuerySet[Any] | Sequence[Any], request: HttpRequest, size: int = 50) -> Page:
    """The page a request asks for (`?page=`); a number that is none, or too large, gives the nearest page.

    The order is made total by the primary key, so that no row shows twice or never.
    """
    if isinstance(queryset, QuerySet):
        queryset = queryset.order_by(*_total_ordering(queryset, ("-pk",)))
    paginator = BoundedPaginator(queryset, min(size, MAX_PAGE_SIZE))
    page = paginator.get_page(request.GET.get("page"))
    page.elided = list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))
    page.ellipsis = paginator.ELLIPSIS
    return page


# --- For programs ---------------------------------------------------------------------------------------------------
class Key:
    """One term of an ordering: field, direction, and whether it can be empty (empty ones come last, both ways)."""

    def __init__(self, queryset: QuerySet[Any], term: str) -> None:
        self.descending = term.startswith("-")
        self.name = "pk" if term.lstrip("-") in ("pk", "id") else term.lstrip("-")
        self.field = _field_of(queryset, self.name)
        self.nullable = self.field is None or self.field.null or "__" in self.name

    def order(self, *, backwards: bool) -> Any:
        descending = self.descending != backwards
        expression = F(self.name)
        if not self.nullable:
            return expression.desc() if descending else expression.asc()
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        return expression.desc(**nulls) if descending else expression.asc(**nulls)

    def beyond(self, value: Any, *, backwards: bool) -> Q | None:
        """Rows strictly after `value` in reading direction; None where there can be none."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if backwards else None
        comparison = "lt" if self.descending != backwards else "gt"
        condition = Q(**{f"{self.name}__{comparison}": value})
        if self.nullable and not backwards:
            condition |= Q(**{f"{self.name}__isnull": True})
        return condition

    def equal(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def value_of(self, row: Any) -> Any:
        for part in self.name.split("__"):
            row = getattr(row, part, None) if not isinstance(row, dict) else row.get(self.name)
        return row

    def read(self, raw: Any) -> Any:
        """A cursor's value as the column has it. Anything that does not fit is a bad cursor."""
        if raw is None or self.field is None:
            return raw
        value = self.field.to_python(raw)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
            raise ValueError(value)
        return value


class KeysetPagination(BasePagination):
    """`?page_size=` (1–200) and an opaque `?cursor=`; answers `{next, previous, results}`.

    The cursor holds the ordering values of the row at the edge, so a page costs the same at any depth, rows with equal
    values are neither skipped nor shown twice, and rows added or taken away meanwhile do not shift the others.
    The order is the view's `ordering`, else the queryset's, always ended by the primary key.
    """

    page_size = 50
    cursor_param = "cursor"
    size_param = "page_size"

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any]:
        self.url = request.build_absolute_uri()
        size = self.get_page_size(request)
        terms = _total_ordering(queryset, getattr(view, "ordering", None) or ("-pk",), prefer=hasattr(view, "ordering"))
        self.keys = [Key(queryset, term) for term in terms]
        backwards, values = self._read_cursor(request.query_params.get(self.cursor_param))

        queryset = queryset.order_by(*[key.order(backwards=backwards) for key in self.keys])
        if values is not None:
            queryset = queryset.filter(_after(self.keys, values, backwards=backwards))
        rows = list(queryset[: size + 1])
        more, rows = len(rows) > size, rows[:size]
        if backwards:
            rows.reverse()
        self.next_row = rows[-1] if rows and (more or backwards) else None
        self.previous_row = rows[0] if rows and (values is not None and (more or not backwards)) else None
        return rows

    def get_page_size(self, request: Request) -> int:
        raw = request.query_params.get(self.size_param)
        if raw is None:
            return self.page_size
        if not (raw.isascii() and raw.isdigit()) or len(raw) > 6 or not 1 <= int(raw) <= MAX_PAGE_SIZE:
            message = _("Give a whole number from 1 to %(max)s.") % {"max": MAX_PAGE_SIZE}
            raise ValidationError({self.size_param: [message]})
        return int(raw)

    def get_next_link(self) -> str | None:
        return self._link(self.next_row, backwards=False)

    def get_previous_link(self) -> str | None:
        return self._link(self.previous_row, backwards=True)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": self.cursor_param,
                "in": "query",
                "required": False,
                "description": "Where the page begins; taken from `next` or `previous` of another page.",
                "schema": {"type": "string"},
            },
            {
                "name": self.size_param,
                "in": "query",
                "required": False,
                "description": "Rows on a page.",
                "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": self.page_size},
            },
        ]

    def to_html(self) -> str:
        return ""

    def _link(self, row: Any, *, backwards: bool) -> str | None:
        if row is None:
            return None
        cursor = _encode(["p" if backwards else "n", *[key.value_of(row) for key in self.keys]])
        return replace_query_param(remove_query_param(self.url, self.cursor_param), self.cursor_param, cursor)

    def _read_cursor(self, cursor: str | None) -> tuple[bool, list[Any] | None]:
        if not cursor:
            return False, None
        try:
            direction, *raw = _decode(cursor)
            if direction not in ("n", "p") or len(raw) != len(self.keys):
                raise ValueError(cursor)
            return direction == "p", [key.read(value) for key, value in zip(self.keys, raw, strict=True)]
        except (ValueError, TypeError, ArithmeticError, DjangoValidationError) as error:
            message = _("This cursor is not one of this list. Begin again without it.")
            raise ValidationError({self.cursor_param: [message]}) from error


def _after(keys: Sequence[Key], values: Sequence[Any], *, backwards: bool) -> Q:
    """(a, b, c) > (x, y, z) written out, because the terms may have different directions."""
    condition, equal = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        beyond = key.beyond(value, backwards=backwards)
        if beyond is not None:
            condition |= equal & beyond
        equal &= key.equal(value)
    return condition


def _total_ordering(queryset: QuerySet[Any], default: Sequence[str], *, prefer: bool = False) -> list[Any]:
    """The queryset's order (or `default`) ended by the primary key, which makes it total."""
    own = list(queryset.query.order_by) or (
        list(queryset.model._meta.ordering) if queryset.query.default_ordering else []
    )
    terms = list(default) if prefer or not own else own
    names = {term.lstrip("-") for term in terms if isinstance(term, str)}
    if not names & {"pk", "id", queryset.model._meta.pk.name}:
        terms.append("-pk" if isinstance(terms[0], str) and terms[0].startswith("-") else "pk")
    return terms


def _field_of(queryset: QuerySet[Any], name: str) -> Field[Any, Any] | None:
    """The column behind an ordering term, None for what has no one column."""
    if annotation := queryset.query.annotations.get(name):
        return getattr(annotation, "output_field", None)
    model: type[Model] | None = queryset.model
    field = None
    for part in name.split("__"):
        if model is None:
            return None
        try:
            field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        model = getattr(field, "related_model", None)
    return getattr(field, "target_field", field)


def _encode(values: Sequence[Any]) -> str:
    raw = json.dumps([_plain(value) for value in values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    """A value JSON can carry without loss: moments keep their microseconds, decimals their digits."""
    match value:
        case None | bool() | int() | str():
            return value
        case dt.date() | dt.time():
            return value.isoformat()
        case Decimal():
            return str(value)
        case Model():
            return value.pk
        case _:
            return str(value)


def _decode(cursor: str) -> list[Any]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = json.loads(raw)
    except (binascii.Error, UnicodeError, RecursionError) as error:
        raise ValueError(cursor) from error
    if not isinstance(values, list) or any(isinstance(value, list | dict | float) for value in values):
        raise ValueError(cursor)
    if any(isinstance(value, str) and "\x00" in value for value in values):
        raise ValueError(cursor)
    return values
