"""Gathers the models of the rooms for Django."""

from consultancies.organisations.models import Organisation

__all__ = ["Organisation"]
