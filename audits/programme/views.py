"""The compulsory list of a year, for those it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audits.programme.filters import ListingFilter, sorts
from audits.programme.models import Listing, ListingQuerySet
from audits.programme.policies import check_can_list
from cpaudit.rulebook.errors import allowed
from cpaudit.rulebook.periods import days_left
from cpaudit.web.csv_export import csv_response
from cpaudit.web.filters import sorted_by
from cpaudit.web.pagination import page_of


@require_safe
@login_required
def listing_list(request: HttpRequest) -> HttpResponse:
    found = found_listings(request)
    context = {
        "filter": found,
        "rows": page_of(ordered(found.qs, request), request),
        "year": found.form.cleaned_data.get("year") if found.is_valid() else None,
        "can": {"list": allowed(check_can_list, request.user)},
    }
    return render(request, "audits/programme/listing_list.html", context)


@require_safe
@login_required
def listing_export(request: HttpRequest) -> StreamingHttpResponse:
    """The list as it is filtered and sorted, whole, as CSV."""
    header = [
        _("Year"), _("Credit code"), _("Name (Chinese)"), _("Name (English)"), _("Region code"), _("Region"),
        _("Industry code"), _("Industry"), _("Reason"), _("Grounds"), _("Authority"), _("Published on"),
        _("Disclose by"), _("Start by"), _("Days left to start"), _("Report by"), _("Days left to report"),
        _("Audit"), _("Status"), _("Audited by"),
    ]  # fmt: skip
    return csv_response("compulsory-list.csv", header, _export_rows(ordered(found_listings(request).qs, request)))


def _export_rows(listings: ListingQuerySet) -> Iterator[list[Any]]:
    today = timezone.localdate()
    for listing in listings.iterator(chunk_size=500):
        enterprise, audit = listing.enterprise, getattr(listing, "audit", None)
        body, sector = enterprise.body, enterprise.sector
        yield [
            listing.year, enterprise.credit_code, body.name_zh, body.name_en, body.region.code, body.region.name,
            sector.code, sector.name, listing.get_reason_display(), listing.grounds, listing.authority.name,
            listing.published_on.isoformat(), listing.disclose_by.isoformat(), listing.start_by.isoformat(),
            None if audit and audit.started_on else days_left(listing.start_by, today),
            listing.report_by.isoformat(),
            None if audit and audit.filed_at else days_left(listing.report_by, today),
            audit and audit.number, audit and audit.get_status_display(),
            audit and audit.auditing_body and audit.auditing_body.name,
        ]  # fmt: skip


def found_listings(request: HttpRequest) -> ListingFilter:
    """The listings this person may see, narrowed to what the address asks for."""
    seen = Listing.objects.visible_to(request.user).with_names()
    return ListingFilter(request.GET, seen, user=request.user)


def ordered(listings: ListingQuerySet, request: HttpRequest) -> ListingQuerySet:
    return sorted_by(listings, request.GET.get("sort", ""), sorts(), "name")
