"""Options over all audits: what an enterprise has to carry out, and what is late."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audits.options.filters import OptionFilter
from audits.options.selectors import options_to_follow, totals_of
from cpaudit.accounts.roles import BodyKind
from cpaudit.web.pagination import page_of


@require_safe
@login_required
def my_options(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    found = OptionFilter(request.GET, queryset=options_to_follow(request.user, on=today))
    return render(
        request,
        "audits/options/my_options.html",
        {
            "filter": found,
            "rows": page_of(found.qs, request),
            "totals": totals_of(found.qs),
            "overdue": found.qs.overdue(on=today).count(),
            "mine": request.user.body is not None and request.user.body.kind == BodyKind.ENTERPRISE,
            "today": today,
        },
    )
