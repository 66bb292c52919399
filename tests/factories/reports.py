"""Reports for tests, signed and filed by the services."""

from __future__ import annotations

import datetime as dt

from audits.reports import services
from audits.reports.models import Filing, Rendering, Signature
from audits.reports.selectors import draft_of
from audits.workflow.models import Audit
from audits.workflow.rules.transitions import Action
from cpaudit.accounts.models import User
from tests.factories.audits import World, all_stages_completed, later

SIGNED_AT, FILED_AT, DECIDED_AT = later(80), later(81), later(90)


def sign(audit: Audit, by: User, at: dt.datetime = SIGNED_AT) -> Signature:
    """Sign what stands there now."""
    return services.sign_report(audit=audit, expected_hash=draft_of(audit).hash, by=by, at=at)


def signed(world: World) -> Audit:
    """All stages completed, both auditors of the team have signed."""
    audit = all_stages_completed(world)
    sign(audit, world.consultant)
    sign(audit, world.second_user)
    return audit


def file(audit: Audit, by: User, at: dt.datetime = FILED_AT) -> Filing:
    audit.refresh_from_db()
    return services.file_report(audit=audit, version=audit.version, by=by, at=at)


def filed(world: World) -> Filing:
    return file(signed(world), world.consultant)


def decided(world: World, action: Action, at: dt.datetime = DECIDED_AT, **words: object) -> Filing:
    """Filed and decided on by the officer."""
    filing = filed(world)
    if action is not Action.APPROVE:
        words.setdefault("comment", "The balance of stage 3 does not close.")
    if action is Action.RETURN:
        words.setdefault("due_on", (at + dt.timedelta(days=30)).date())
    filing.audit.refresh_from_db()
    services.decide(
        audit=filing.audit, action=action, filing_version=filing.version, version=filing.audit.version,
        by=world.officer, at=at, **words,
    )  # fmt: skip
    filing.refresh_from_db()
    return filing


def rendering(filing: Filing, language: str = "en") -> Rendering:
    return filing.renderings.get(language=language)
