"""Gathers the models of the rooms for Django."""

from cpaudit.accounts.models import ApiToken, Body, IdempotencyKey, Invitation, Posting, User
from cpaudit.documents.models import StoredFile
from cpaudit.notices.models import Notice
from cpaudit.reference.models import Metric, Region, Sector
from cpaudit.trail.models import Event

__all__ = [
    "ApiToken",
    "Body",
    "Event",
    "IdempotencyKey",
    "Invitation",
    "Metric",
    "Notice",
    "Posting",
    "Region",
    "Sector",
    "StoredFile",
    "User",
]
