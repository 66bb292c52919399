"""The real files of fixtures/iac, taken in through the services as a person would."""

import datetime as dt
import json
from pathlib import Path

from django.conf import settings
from django.core.files import File

from cpaudit.accounts.models import User
from cpaudit.imports import services, work
from cpaudit.imports.models import Import, ImportRun

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "iac"
PLANTS = FOLDER / "iac_fy2019_plants.csv"
RECOMMENDATIONS = FOLDER / "iac_fy2019_recommendations.csv"
FILES = {"enterprises": PLANTS, "yearly_figures": PLANTS, "options": RECOMMENDATIONS}


def mapping(target: str) -> dict:
    return json.loads((FOLDER / f"{target}.mapping.json").read_text())


def upload(path: Path, target: str, *, by: User, at: dt.datetime) -> Import:
    with path.open("rb") as content:
        return services.upload_file(file=File(content), name=path.name, target=target, by=by, at=at)


def ready(path: Path, target: str, *, by: User, at: dt.datetime, data: dict, **options) -> Import:
    """Uploaded and mapped."""
    imported = upload(path, target, by=by, at=at)
    chosen = {"conflict": "stop", "good_rows_only": False} | options
    return services.save_mapping(imported=imported, data=data, version=imported.version, by=by, at=at, **chosen)


def dry(imported: Import, *, by: User, at: dt.datetime) -> ImportRun:
    run = services.start_dry_run(imported=imported, by=by, at=at)
    return work.carry_out(pk=run.pk, by=None, at=at)


def real(imported: Import, *, by: User, at: dt.datetime) -> ImportRun:
    run = services.start_import(imported=imported, by=by, at=at)
    return work.carry_out(pk=run.pk, by=None, at=at)


def take_in(target: str, *, by: User, at: dt.datetime, **options) -> ImportRun:
    """Upload, map as shipped, dry run, import."""
    imported = ready(FILES[target], target, by=by, at=at, data=mapping(target), **options)
    dry(imported, by=by, at=at)
    return real(imported, by=by, at=at)
