"""Reads over the reference lists that join or shape."""

from cpaudit.reference.models import MacroRegion, Metric, MetricGroup, Region


def ancestors_of(region: Region) -> list[Region]:
    """The regions that contain `region`, nation first, itself last. One query."""
    return list(Region.objects.filter(code__in=region.codes).order_by("path"))


def provinces_by_macro_region() -> dict[MacroRegion, list[Region]]:
    """The 31 provinces of the mainland under the six macro-regions, in the order of their codes. One query."""
    grouped: dict[MacroRegion, list[Region]] = {macro_region: [] for macro_region in MacroRegion}
    for province in Region.objects.provinces():
        if province.macro_region is not None:
            grouped[MacroRegion(province.macro_region)].append(province)
    return grouped


def metrics_by_group() -> dict[MetricGroup, list[Metric]]:
    """Metrics under their groups, both in the order in which forms and tables show them. One query."""
    grouped: dict[MetricGroup, list[Metric]] = {group: [] for group in MetricGroup}
    for metric in Metric.objects.all():
        grouped[MetricGroup(metric.group)].append(metric)
    return grouped
