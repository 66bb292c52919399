"""Statistics for programs: what can be asked, and the answers as JSON or CSV."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from audits.statistics.asking import question
from audits.statistics.policies import has_jurisdiction
from audits.statistics.selectors import Result, catalogue, query
from audits.statistics.tables import csv_rows, dataset_data, moment, result_data

FORMATS = {"json": "application/json", "csv": "text/csv"}
CONTENT_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8; header=present"}


class OwnNegotiation(BaseContentNegotiation):
    """The view chooses the format itself: DRF would answer an unknown `format` with 404 instead of what exists."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class StatisticsView(APIView):
    """Open to everybody; what is answered depends on who asks."""

    permission_classes = [AllowAny]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "public"
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OwnNegotiation


class DatasetList(StatisticsView):
    @extend_schema(
        operation_id="statistics_datasets",
        summary="What can be asked",
        description="Datasets with their dimensions and measures: units, labels and definitions in your language.",
        responses={200: OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> HttpResponse:
        _only_format(request)
        body = _json({"datasets": [dataset_data(each) for each in catalogue(request.user).values()]})
        return answer(request, body, tag_of(body), CONTENT_TYPES["json"], private=has_jurisdiction(request.user))


class DatasetQuery(StatisticsView):
    @extend_schema(
        operation_id="statistics_query",
        summary="Figures of a dataset",
        description=(
            "Every dimension of the dataset is a filter, too: repeatable, comma-separated, years also as a range "
            "(`year=2003..2012`), `none` for what is not stated. Strangers get public figures, others those of their "
            "jurisdiction. `GET /api/v1/statistics/` lists what there is; docs/statistics.md defines it."
        ),
        parameters=[
            OpenApiParameter("by", str, many=True, explode=False, description="Dimensions of the rows, in order."),
            OpenApiParameter("measures", str, many=True, explode=False, description="Default: all of the dataset."),
            OpenApiParameter("total", bool, description="Add a total row, reckoned from the base rows."),
            OpenApiParameter("format", str, enum=list(FORMATS), description="Or by `Accept`."),
            OpenApiParameter("year", str, many=True, description="2012, or 2003..2012; likewise the other dimensions."),
            OpenApiParameter("province", str, many=True, description="Two digits, as in GB/T 2260."),
            OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="An `ETag` of before."),
        ],
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "text/csv"): OpenApiTypes.STR,
            304: OpenApiResponse(description="As before."),
            400: OpenApiResponse(description="A problem document that names what exists."),
        },
    )
    def get(self, request: Request, dataset: str) -> HttpResponse:
        datasets = catalogue(request.user)
        if dataset not in datasets:
            text = _("There is no dataset “%(name)s”. There are: %(known)s.")
            raise exceptions.NotFound(text % {"name": dataset[:60], "known": ", ".join(datasets)})
        chosen = datasets[dataset]
        wanted = format_of(request)
        asked = question(chosen, dict(request.query_params.lists()))
        result = query(
            dataset=chosen,
            by=asked.by,
            measures=asked.measures,
            filters=asked.filters,
            total=asked.total,
            user=request.user,
            at=timezone.now(),
        )
        body, tag = written(result, wanted)
        return answer(request, body, tag, CONTENT_TYPES[wanted], private=has_jurisdiction(request.user))


# --- Format ---------------------------------------------------------------------------------------------------------
def format_of(request: Request) -> str:
    """`format=` before `Accept`; JSON where neither says. Unknown: 400 naming what exists, or 406."""
    if given := [value for value in request.query_params.getlist("format") if value]:
        if len(set(given)) > 1 or given[0] not in FORMATS:
            text = _("There is no format “%(name)s” here. There are: %(known)s.")
            raise exceptions.ValidationError(
                {"format": [text % {"name": ", ".join(given)[:60], "known": ", ".join(FORMATS)}]}
            )
        return given[0]
    for media_range in accepted_ranges(request.headers.get("Accept") or "*/*"):
        for name, media_type in FORMATS.items():
            if media_range in ("*/*", media_type, f"{media_type.split('/')[0]}/*"):
                return name
    raise exceptions.NotAcceptable


def accepted_ranges(header: str) -> list[str]:
    """The media ranges of an `Accept` header, best liked first; those of quality 0 are not accepted."""
    found = []
    for part in header.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        try:
            weight = float(quality)
        except ValueError:
            weight = 0.0
        if media_range and weight > 0:
            found.append((-weight, media_range))
    return [media_range for _weight, media_range in sorted(found, key=lambda each: each[0])]


def _only_format(request: Request) -> None:
    """The list of datasets is JSON, and says so to those who ask for more."""
    unknown = {
        name: [_("There is no “%(name)s” here. There are: %(known)s.") % {"name": name[:60], "known": "format"}]
        for name in request.query_params
        if name != "format"
    }
    if request.query_params.get("format", "json") != "json":
        text = _("There is no format “%(name)s” here. There are: %(known)s.")
        unknown["format"] = [text % {"name": request.query_params["format"][:60], "known": "json"}]
    if unknown:
        raise exceptions.ValidationError(unknown)


# --- The answer -----------------------------------------------------------------------------------------------------
def written(result: Result, wanted: str) -> tuple[bytes, str]:
    """The body and its tag. The tag is made from the figures; that they were read again later does not change it."""
    if wanted == "csv":
        # No byte order mark: programs read this. The page's own download has one, for spreadsheets.
        out = io.StringIO(newline="")
        csv.writer(out).writerows(csv_rows(result))
        body = out.getvalue().encode()
        return body, tag_of(body)
    data = result_data(result)
    tag = tag_of(_json(data))
    rows, findings = data.pop("rows"), data.pop("findings")
    return _json({**data, "as_of": moment(result.as_of), "rows": rows, "findings": findings}), tag


def answer(request: HttpRequest | Request, body: bytes, tag: str, content_type: str, *, private: bool) -> HttpResponse:
    """The body, or 304 where the reader has it already. Answers depend on the reader and on his language."""
    have = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" in have or tag in [each.removeprefix("W/") for each in have]:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type=content_type)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache" if private else "public, no-cache"
    patch_vary_headers(response, ("Accept", "Accept-Language", "Authorization", "Cookie"))
    return response


def tag_of(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


api_urlpatterns = [
    path("statistics/", DatasetList.as_view(), name="api-statistics"),
    path("statistics/<slug:dataset>/", DatasetQuery.as_view(), name="api-statistics-query"),
]
