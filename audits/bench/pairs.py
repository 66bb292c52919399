"""What is measured against what."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from python_calamine import CalamineWorkbook

from audits.bench import floors
from audits.bench.timing import Pair
from audits.enterprises.models import Enterprise
from audits.enterprises.rules import check_character
from audits.reports.models import Filing
from audits.reports.printing import printed
from audits.reports.selectors import annex_as_printed
from audits.statistics.selectors import catalogue, query
from cpaudit.accounts.models import Body, User
from cpaudit.accounts.roles import BodyKind
from cpaudit.documents.pdf import render_pdf
from cpaudit.imports.work import import_at_once
from cpaudit.jobs.models import JobState
from cpaudit.reference.models import Region, Sector
from cpaudit.rulebook.findings import Finding

HEADERS = ("credit code", "name", "region", "industry", "employees")
MAPPING = {
    "target": "enterprises",
    "fields": {
        "credit_code": {"column": "credit code"},
        "name_en": {"column": "name"},
        "region": {"column": "region"},
        "sector": {"column": "industry"},
        "employees": {"column": "employees"},
    },
}


# --- Reading --------------------------------------------------------------------------------------------------------
def reading(user: User, *, repeats: int, at: dt.datetime) -> Iterator[Pair]:
    """Lists and statistics as `user` (of an authority) sees them, his session and all."""
    assert user.body is not None
    place = user.body.region.path
    ours = Client()
    ours.force_login(user)
    with override_settings(MIDDLEWARE=[]):
        # A handler keeps the middleware it began with.
        bare = Client()
        _got(bare, f"/bare/list/{place}")
    yield Pair(
        "list_page",
        lambda: _got(ours, reverse("audits:audit-list")),
        lambda: _got(bare, f"/bare/page/{place}"),
        repeats,
        note="50 audits; floor: bare Django view, raw SQL, a table without styles",
    )
    yield Pair(
        "list_api",
        lambda: _got(ours, reverse("api-audits")),
        lambda: _got(bare, f"/bare/list/{place}"),
        repeats,
        note="50 audits as JSON; floor: bare Django view, raw SQL",
    )
    yield Pair(
        "statistics_query",
        lambda: query(
            dataset=catalogue(user)["options"],
            by=["province", "year"],
            measures=["proposed", "implemented", "implementation_rate", "investment", "benefit", "benefit_ratio"],
            filters={},
            total=True,
            user=user,
            at=at,
        ),
        lambda: floors.bare_statistics(place),
        repeats,
        note="all options by province and year, exact sums; floor: one GROUP BY, sums as the database adds",
    )


def _got(client: Client, address: str) -> bytes:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    return response.content


# --- Printing -------------------------------------------------------------------------------------------------------
def printing(*, repeats: int) -> Iterator[Pair]:
    """The filed report of the demo as a PDF: from the frozen filing, in a child process with limits."""
    filing = Filing.objects.select_related("audit").order_by("pk").first()
    if filing is None:
        return
    html = _html_of(filing)
    yield Pair(
        "pdf",
        lambda: render_pdf(_html_of(filing), identifier=filing.content_hash),
        lambda: _bare_pdf(html),
        repeats,
        note="the demo's filed report; ours makes the HTML and starts a child process, floor: WeasyPrint on that HTML",
    )


def _html_of(filing: Filing) -> str:
    return printed(
        content=filing.content,
        annex=annex_as_printed(filing),
        findings=[Finding.from_data(data) for data in filing.findings],
        content_hash=filing.content_hash,
        version=filing.version,
        filed_at=filing.filed_at,
        filed_by=filing.filer_names,
        language="en",
    )


def _bare_pdf(html: str) -> bytes:
    import weasyprint  # loads the system's text libraries, which may be missing

    body: bytes = weasyprint.HTML(string=html).render().write_pdf(pdf_tags=True)
    return body


# --- Importing ------------------------------------------------------------------------------------------------------
def importing(user: User, *, rows: int, repeats: int, at: dt.datetime, folder: Path) -> Iterator[Pair]:
    """A workbook of new enterprises: upload, mapping, dry run and import; undone after every turn."""
    assert user.body is not None
    place = Region.objects.subtree_of(user.body.region).prefectures().order_by("code")[0]
    path = folder / "enterprises.xlsx"
    _write_workbook(path, rows, place)

    def ours() -> None:
        run = import_at_once(path=path, target="enterprises", mapping=MAPPING, by=user, at=at)
        created = run.counts.get("created", 0)
        if run.state != JobState.DONE or created != rows:
            raise RuntimeError(f"The import did not go through: {run.state}, {created} of {rows} rows {run.problem}")

    def floor() -> None:
        regions, sectors = Region.objects.in_bulk(field_name="code"), dict(Sector.objects.values_list("code", "pk"))
        table = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:]
        found = [(str(row[0]), str(row[1]), str(row[2]), str(row[3]), int(float(str(row[4])))) for row in table]
        bodies = Body.objects.bulk_create(
            Body(kind=BodyKind.ENTERPRISE, name_en=row[1], region=regions[row[2]]) for row in found
        )
        Enterprise.objects.bulk_create(
            Enterprise(body=body, credit_code=row[0], sector_id=sectors[row[3]], employees=row[4])
            for body, row in zip(bodies, found, strict=True)
        )

    yield Pair(
        "import",
        _undone(ours),
        _undone(floor),
        repeats,
        units=rows,
        note="new enterprises from a workbook; ours judges cells twice and writes the trail; floor: read, bulk_create",
    )


def _write_workbook(path: Path, rows: int, place: Region) -> None:
    sectors = list(Sector.objects.of_edition(Sector.DEFAULT_EDITION).values_list("code", flat=True))
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Enterprises")
    sheet.append(HEADERS)
    for number in range(rows):
        first_17 = f"91{place.code}{number:09}"
        code = first_17 + check_character(first_17)
        sheet.append([code, f"Works {number}", place.code, sectors[number % len(sectors)], number % 900])
    book.save(path)


def _undone(call: Callable[[], None]) -> Callable[[], None]:
    """The call in a transaction that is rolled back, so that the next turn finds what this one found."""

    def turn() -> None:
        with transaction.atomic():
            call()
            transaction.set_rollback(True)

    return turn


def files_apart() -> tempfile.TemporaryDirectory[str]:
    """A folder for what is uploaded, away from the installation's own files."""
    return tempfile.TemporaryDirectory(prefix="cpaudit-bench-")
