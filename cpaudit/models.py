"""Gathers the models of the rooms for Django."""

from cpaudit.accounts.models import ApiToken, Body, IdempotencyKey, Invitation, Posting, User
from cpaudit.documents.models import StoredFile
from cpaudit.imports.models import Import, ImportRun, RunProblem, SavedMapping
from cpaudit.notices.models import Notice
from cpaudit.reference.models import Metric, Region, Sector
from cpaudit.trail.models import Event

__all__ = [
    "ApiToken",
    "Body",
    "Event",
    "IdempotencyKey",
    "Import",
    "ImportRun",
    "Invitation",
    "Metric",
    "Notice",
    "Posting",
    "Region",
    "RunProblem",
    "SavedMapping",
    "Sector",
    "StoredFile",
    "User",
]
