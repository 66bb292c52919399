"""The inbox."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cpaudit.accounts import sight
from cpaudit.accounts.middleware import SESSION_KEY
from cpaudit.notices import selectors, services
from cpaudit.notices.models import Notice
from cpaudit.web.pagination import page_of


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What I was told, the latest first; `?show=unread` only what I have not opened."""
    only_unread = request.GET.get("show") == "unread"
    notices = Notice.objects.visible_to(request.user)
    rows = page_of(notices.unread() if only_unread else notices, request)
    context = {
        "rows": rows,
        "lines": selectors.inbox_lines(rows),
        "only_unread": only_unread,
    }
    return render(request, "cpaudit/notices/inbox.html", context)


@login_required
@require_safe
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """To the thing it is about, acting in the posting that sees it: what I was told as one may be nothing to another.

    A link, not a form: that it marks the notice as read may happen any number of times.
    """
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    services.mark_read(notice=notice, by=request.user, at=timezone.now())
    posting = sight.posting_that_sees(request.user, notice.thing_kind, notice.thing_id)
    if posting is not None and posting.pk != request.user.posting.pk:
        request.session[SESSION_KEY] = posting.pk
        messages.info(request, _("You now act for %(body)s.") % {"body": posting.body})
    return redirect(notice.link or "notices:inbox")


@login_required
@require_POST
def inbox_read(request: HttpRequest) -> HttpResponse:
    """Everything is read."""
    count = services.mark_all_read(by=request.user, at=timezone.now())
    text = ngettext("%(count)s notice is marked as read.", "%(count)s notices are marked as read.", count)
    messages.success(request, text % {"count": count})
    return redirect("notices:inbox")
