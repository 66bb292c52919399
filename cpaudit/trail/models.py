"""Events: append-only, and self-sufficient: names as well as ids, readable when the rows are gone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cpaudit.trail.verbs import VERBS


class AppendOnly(RuntimeError):
    """Somebody tried to change or remove what has happened."""


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, thing: models.Model) -> Self:
        """The timeline of a thing, oldest first: what happened to it and to what belongs to it."""
        return self.filter(thing_kind=thing._meta.label_lower, thing_id=thing.pk).order_by("pk")

    def update(self, **_kwargs: Any) -> NoReturn:
        raise AppendOnly("Events are never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("Events are never removed.")

    def bulk_create(self, objs: Iterable[Event], *args: Any, **kwargs: Any) -> list[Event]:
        if kwargs.get("update_conflicts"):
            raise AppendOnly("Events are never changed.")
        return super().bulk_create(objs, *args, **kwargs)


class Event(models.Model):
    """One thing that happened. `thing_*` is the root whose timeline shows it (an audit), `part` what inside it."""

    at = models.DateTimeField(_("when"))
    verb = models.CharField(_("what"), max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    actor_names = models.JSONField(default=dict)
    actor_body = models.JSONField(default=dict)
    actor_role = models.CharField(max_length=24, blank=True)
    thing_kind = models.CharField(max_length=60)
    thing_id = models.BigIntegerField()
    thing_names = models.JSONField(default=dict)
    part = models.CharField(max_length=80, blank=True)
    facts = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["thing_kind", "thing_id", "id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        # The one model with a save() of its own: the promise must hold where no trigger can (SQLite).
        if self.pk is not None:
            raise AppendOnly("Events are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnly("Events are never removed.")

    @property
    def sentence_msgid(self) -> str:
        return VERBS[self.verb]
