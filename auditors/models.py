"""Gathers the models of the rooms for Django."""

from auditors.people.models import Auditor
from auditors.registration.models import Registration

__all__ = ["Auditor", "Registration"]
