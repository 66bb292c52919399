"""The real reference lists for tests, and short ways to their rows."""

from datetime import UTC, datetime

from cpaudit.reference.models import Metric, Region, Sector
from cpaudit.reference.services import load_reference

LOADED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def load_reference_data() -> None:
    """All regions, sectors and metrics of `fixtures/`: about half a second, once per test session."""
    load_reference(by=None, at=LOADED_AT)


def a_region(code: str = "210500") -> Region:
    """A region by its GB/T 2260 code, by default Benxi."""
    return Region.objects.get(code=code)


def a_sector(code: str = "C26") -> Sector:
    """A sector of the default edition by its code, by default chemicals."""
    return Sector.objects.get(edition=Sector.DEFAULT_EDITION, code=code)


def a_metric(code: str = "cod") -> Metric:
    return Metric.objects.get(code=code)
