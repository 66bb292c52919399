"""Addresses by name, for parts of the page that are shared by all rooms."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def url_or_none(name: str, *args: object) -> str | None:
    """The address, or None where this installation does not have that page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None
