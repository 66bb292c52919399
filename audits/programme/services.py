"""Putting an enterprise on the compulsory list of a year."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.enterprises.models import Enterprise
from audits.programme.models import Listing
from audits.programme.policies import check_can_list
from audits.programme.rules import Reason, deadlines
from audits.programme.selectors import listing_findings
from cpaudit.accounts.models import User
from cpaudit.rulebook.errors import Invalid, Refused
from cpaudit.rulebook.findings import Finding, _
from cpaudit.rulebook.rulesets import rule_set_on
from cpaudit.trail.services import record


@transaction.atomic
def put_on_list(
    *,
    enterprise: Enterprise,
    year: int,
    reason: str,
    grounds: str,
    published_on: dt.date,
    by: User,
    at: dt.datetime,
) -> Listing:
    """One row of the list with its deadlines. The audit itself is opened by the workflow, which calls this.

    Warnings about the last round are kept with the event. Raises NotAllowed, Invalid, and Refused where the enterprise
    is on that year's list already.
    """
    check_can_list(by, enterprise)
    if reason not in set(Reason):
        raise Invalid(_("The enterprise cannot be listed."), {"reason": [_("Choose one of the reasons.")]})
    if published_on.year != year:
        raise Invalid(
            _("The enterprise cannot be listed."),
            {"published_on": [_("The list of a year is published in that year.")]},
        )
    if published_on > timezone.localdate(at):
        raise Invalid(
            _("The enterprise cannot be listed."),
            {"published_on": [_("This day has not come; a list counts from the day it is published.")]},
        )
    rules = rule_set_on(timezone.localdate(at))
    when = deadlines(published_on, rules)
    warnings = listing_findings(enterprise, published_on=published_on, rules=rules)
    try:
        with transaction.atomic():
            listing = Listing.objects.create(
                enterprise=enterprise,
                authority=by.body,  # type: ignore[misc]  # the policy wants an authority
                year=year,
                reason=reason,
                grounds=grounds,
                published_on=published_on,
                disclose_by=when.disclose_by,
                start_by=when.start_by,
                report_by=when.report_by,
                listed_by=by,
                listed_at=at,
            )
    except IntegrityError as error:
        finding = Finding(
            "L-ONCE", "Measures 2016, Art. 8", False,
            _("%(enterprise)s is on the list of %(year)s already."),
            params={"enterprise": enterprise.names, "year": year},
            remedy=_("Open its audit instead."),
        )  # fmt: skip
        raise Refused(_("The enterprise cannot be listed."), [finding]) from error
    record(
        verb="enterprise.listed",
        thing=enterprise,
        by=by,
        at=at,
        facts={
            "year": year,
            "reason": {"msgid": listing.reason_msgid},
            "grounds": grounds,
            "warnings": {"findings": [finding.as_data() for finding in warnings]},
        },
    )
    return listing
