"""Keeps the reference lists in step with `fixtures/`."""

import json
import logging
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db import models, transaction

from cpaudit.reference import rules, units
from cpaudit.reference.models import Direction, Metric, MetricGroup, Region, Sector

if TYPE_CHECKING:  # accounts is a higher floor: only the name of the type is needed here
    from cpaudit.accounts.models import User

log = logging.getLogger(__name__)

FIXTURES = Path(settings.BASE_DIR) / "fixtures"

Key = TypeVar("Key", bound=Hashable)
Model = TypeVar("Model", bound=models.Model)
Row = dict[str, Any]  # the fields of one model row, by name


class BadReferenceData(ValueError):
    """A fixture cannot be loaded; the message names the file and the row."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What happened to one list: rows in the file, of these made new and brought back to what the file says."""

    name: str
    rows: int
    created: int
    updated: int

    def __str__(self) -> str:
        return f"{self.rows} {self.name} ({self.created} new, {self.updated} changed)"


def load_reference(*, by: "User | None", at: datetime, folder: Path = FIXTURES) -> list[Loaded]:
    """Make the three lists say what the files in `folder` say: all or nothing, found again by natural key.

    A second run reads each list once and writes nothing. Rows that a file does not name stay: enterprises may refer to
    them. This floor lies below the trail, so who and when go to the log.
    """
    regions = _region_rows(_read(folder, "regions.json", {"code", "name_zh", "name_en", "parent"}))
    sectors = _sector_rows(
        _read(folder, "sectors.json", {"edition", "code", "section", "name_zh", "name_en"}),
    )
    metrics = _metric_rows(
        _read(
            folder,
            "metrics.json",
            {"code", "name_zh", "name_en", "group", "direction", "unit", "density", "additive", "position"},
        )
    )
    with transaction.atomic():
        results = [
            _load_regions(regions),
            _load_sectors(sectors),
            _load_metrics(metrics),
        ]
    if any(result.created or result.updated for result in results):
        log.info("Reference data loaded by %s at %s: %s", by or "the system", at, "; ".join(map(str, results)))
    return results


def _read(folder: Path, name: str, fields: set[str]) -> list[Row]:
    """The rows of one file; every row has exactly `fields`."""
    try:
        rows = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadReferenceData(f"{name}: cannot be read: {error}") from error
    for number, row in enumerate(rows, start=1):
        if row.keys() != fields:
            wrong = ", ".join(sorted(row.keys() ^ fields))
            raise BadReferenceData(f"{name}: row {number}: missing or unknown fields: {wrong}")
    return rows


def _refuse_duplicates(name: str, keys: Iterable[Hashable]) -> None:
    seen: set[Hashable] = set()
    for key in keys:
        if key in seen:
            raise BadReferenceData(f"{name}: {key} is listed twice")
        seen.add(key)


def _region_rows(rows: list[Row]) -> list[Row]:
    """Regions with what their codes say added. `parent` is still a code."""
    _refuse_duplicates("regions.json", (row["code"] for row in rows))
    for row in rows:
        code, parent = row["code"], row["parent"]
        if not rules.is_code(code):
            raise BadReferenceData(f"regions.json: “{code}” is not a six-digit code")
        if (parent is None) != (code == rules.NATION_CODE):
            raise BadReferenceData(f"regions.json: {code}: the nation, and only the nation, has no parent")
        if parent is not None and not rules.may_be_parent(parent, code):
            raise BadReferenceData(f"regions.json: {code} cannot lie in {parent}: the codes do not fit")
    return [
        row | {"level": rules.level_of(row["code"]), "macro_region": rules.macro_region_of(row["code"])} for row in rows
    ]


def _sector_rows(rows: list[Row]) -> list[Row]:
    _refuse_duplicates("sectors.json", ((row["edition"], row["code"]) for row in rows))
    for row in rows:
        if row["section"] not in Sector.Section or not row["code"].startswith(row["section"]):
            raise BadReferenceData(f"sectors.json: {row['code']}: section “{row['section']}” does not fit")
    return rows


def _metric_rows(rows: list[Row]) -> list[Row]:
    _refuse_duplicates("metrics.json", (row["code"] for row in rows))
    for row in rows:
        for field, known in (("group", MetricGroup), ("direction", Direction), ("unit", units.UNITS)):
            if row[field] not in known:
                raise BadReferenceData(f"metrics.json: {row['code']}: unknown {field} “{row[field]}”")
    return [row | {"density": None if row["density"] is None else Decimal(row["density"])} for row in rows]


def _load_regions(rows: list[Row]) -> Loaded:
    """Level by level from the top, because a child needs its parent's key and path."""
    known = {region.code: region for region in Region.objects.all()}
    created = updated = 0
    for level in rules.LEVELS:
        ready = {row["code"]: _placed(row, known) for row in rows if row["level"] == level}
        new, changed = _write(Region, ready, known)
        created, updated = created + new, updated + changed
    return Loaded("regions", len(rows), created, updated)


def _placed(row: Row, known: dict[str, Region]) -> Row:
    """A region's row with its parent's key and its own path instead of the parent's code."""
    row = dict(row)
    parent_code = row.pop("parent")
    if parent_code is None:
        return row | {"parent_id": None, "path": rules.path_of("", row["code"])}
    parent = known.get(parent_code)
    if parent is None:
        raise BadReferenceData(
            f"regions.json: {row['code']} {row['name_en']} lies in {parent_code}, "
            "which is neither in the file nor in the database"
        )
    return row | {"parent_id": parent.pk, "path": rules.path_of(parent.path, row["code"])}


def _load_sectors(rows: list[Row]) -> Loaded:
    known = {(sector.edition, sector.code): sector for sector in Sector.objects.all()}
    created, updated = _write(Sector, {(row["edition"], row["code"]): row for row in rows}, known)
    return Loaded("sectors", len(rows), created, updated)


def _load_metrics(rows: list[Row]) -> Loaded:
    known = {metric.code: metric for metric in Metric.objects.all()}
    created, updated = _write(Metric, {row["code"]: row for row in rows}, known)
    return Loaded("metrics", len(rows), created, updated)


def _write(model: type[Model], rows: dict[Key, Row], known: dict[Key, Model]) -> tuple[int, int]:
    """Create the rows that `known` lacks, correct those that differ; `known` then holds them all. Counts of both."""
    new: dict[Key, Model] = {}
    changed: list[Model] = []
    for key, row in rows.items():
        thing = known.get(key)
        if thing is None:
            new[key] = model(**row)
        elif any(getattr(thing, field) != value for field, value in row.items()):
            for field, value in row.items():
                setattr(thing, field, value)
            changed.append(thing)
    if new:
        model._default_manager.bulk_create(new.values())
        known.update(new)
    if changed:
        fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
        model._default_manager.bulk_update(changed, fields, batch_size=200)
    return len(new), len(changed)
