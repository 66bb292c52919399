"""The least that does the same: bare Django views over raw SQL, without middleware, sessions or templates."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

ROWS = 50
LIST_SQL = """
SELECT a.number, a.status, a.kind, a.year, a.due_on, b.name_en, b.name_zh, r.code, r.name_en, s.code, s.name_en
FROM audits_audit a
JOIN audits_enterprise e ON e.body_id = a.enterprise_id
JOIN cpaudit_body b ON b.id = e.body_id
JOIN cpaudit_region r ON r.id = b.region_id
JOIN cpaudit_sector s ON s.id = e.sector_id
WHERE r.path LIKE %s
ORDER BY a.id DESC LIMIT %s
"""
STATISTICS_SQL = """
SELECT SUBSTR(r.path, 8, 2), a.year, COUNT(*), SUM(CASE WHEN o.status = 'implemented' THEN 1 ELSE 0 END),
       SUM(CASE WHEN o.status = 'implemented' THEN o.actual_investment END),
       SUM(CASE WHEN o.status = 'implemented' THEN o.actual_benefit END)
FROM audits_option o
JOIN audits_audit a ON a.id = o.audit_id
JOIN audits_enterprise e ON e.body_id = a.enterprise_id
JOIN cpaudit_body b ON b.id = e.body_id
JOIN cpaudit_region r ON r.id = b.region_id
WHERE r.path LIKE %s AND a.status NOT IN ('cancelled', 'rejected')
GROUP BY 1, 2 ORDER BY 1, 2
"""


def rows_of(sql: str, *params: str | int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def bare_page(request: HttpRequest, place: str) -> HttpResponse:
    rows = rows_of(LIST_SQL, f"{place}%", ROWS)
    cells = ("".join(f"<td>{escape(str(cell))}</td>" for cell in row) for row in rows)
    return HttpResponse("<!doctype html><table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>")


def bare_list(request: HttpRequest, place: str) -> JsonResponse:
    return JsonResponse({"results": [[str(cell) for cell in row] for row in rows_of(LIST_SQL, f"{place}%", ROWS)]})


def bare_statistics(place: str) -> str:
    return json.dumps([[str(cell) for cell in row] for row in rows_of(STATISTICS_SQL, f"{place}%")])


urlpatterns = [
    path("bare/page/<path:place>", bare_page),
    path("bare/list/<path:place>", bare_list),
    path("", include("cpaudit.urls")),
]
