"""The real reference lists for tests. `people.region` and `people.sector` find their rows."""

from datetime import UTC, datetime

from cpaudit.reference.models import Metric, Region
from cpaudit.reference.services import load_reference

LOADED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def load_reference_data() -> None:
    """All regions, sectors and metrics of `fixtures/`: well under a second, and one query where they are there."""
    if not Region.objects.exists():
        load_reference(by=None, at=LOADED_AT)


def metric(code: str) -> Metric:
    return Metric.objects.get(code=code)
