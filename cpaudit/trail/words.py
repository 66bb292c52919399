"""Words for events that must be readable in either language when the rows they are about are gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import models
from django.utils import translation


def field_labels(model: type[models.Model], names: Iterable[str]) -> list[dict[str, str]]:
    """The labels of a model's fields, each in both languages."""
    labels = []
    for name in names:
        label = model._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        pair = {}
        for key, language in (("zh", "zh-hans"), ("en", "en")):
            with translation.override(language):
                pair[key] = str(label)
        labels.append(pair)
    return labels


def listed(pairs: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Names one after the other, in both languages."""
    kept = list(pairs)
    return {"zh": "、".join(pair["zh"] for pair in kept), "en": ", ".join(pair["en"] for pair in kept)}
