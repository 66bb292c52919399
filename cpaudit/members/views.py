"""Pages about people: myself, my colleagues, invitations, tokens."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cpaudit.accounts.invitation_links import key_fits
from cpaudit.accounts.language import remember_language
from cpaudit.accounts.middleware import SESSION_KEY
from cpaudit.accounts.models import ApiToken, Body, Invitation, Posting
from cpaudit.accounts.roles import BODY_KIND_TEXTS, STAFFS, BodyKind
from cpaudit.members import policies, selectors, services
from cpaudit.members.forms import BodyFilterForm, InvitationForm, JoinForm, ProfileForm, TokenForm
from cpaudit.members.rules import InvitationState
from cpaudit.rulebook.errors import Invalid, allowed
from cpaudit.trail.selectors import timeline
from cpaudit.web.pagination import page_of

AUTHENTICATION_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TIMELINE_LENGTH = 50


# --- Myself ---------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """My names and language, and the way to everything about signing in."""
    form = ProfileForm.of(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.save_profile(**form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("Your profile is saved."))
        response = redirect("accounts:profile")
        remember_language(response, request.user.language)
        return response
    return render(request, "cpaudit/members/profile.html", {"form": form})


@login_required
@require_POST
def posting_choose(request: HttpRequest) -> HttpResponse:
    """From now on I act in another of my postings. To the first page: what I looked at may not be there for it."""
    wanted = request.POST.get("posting", "")
    posting = next((own for own in request.user.current_postings if str(own.pk) == wanted), None)
    if posting is None:
        raise Http404
    request.session[SESSION_KEY] = posting.pk
    messages.success(request, _("You now act for %(body)s.") % {"body": posting.body})
    return redirect("home")


@login_required
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Who may do what, as a table."""
    roles, lines = selectors.roles_table()
    staffs = [
        (BODY_KIND_TEXTS[kind], [BODY_KIND_TEXTS[other] for other in sorted(others)])
        for kind, others in STAFFS.items()
        if others
    ]
    return render(request, "cpaudit/members/roles.html", {"roles": roles, "lines": lines, "staffs": staffs})


# --- Colleagues -----------------------------------------------------------------------------------------------------
@login_required
@require_safe
def colleagues(request: HttpRequest) -> HttpResponse:
    """The people of the body I act for."""
    if request.user.body is None:
        raise Http404
    return body_people(request, request.user.body.pk)


@login_required
@require_safe
def body_list(request: HttpRequest) -> HttpResponse:
    """The bodies whose people I may see and invite."""
    form = BodyFilterForm(request.GET)
    bodies = Body.objects.visible_to(request.user)
    if form.is_valid():
        if name := form.cleaned_data["q"]:
            bodies = bodies.filter(Q(name_en__icontains=name) | Q(name_zh__icontains=name))
        if kind := form.cleaned_data["kind"]:
            bodies = bodies.of_kind(kind)
    rows = page_of(selectors.bodies_with_people(bodies, on=timezone.localdate()), request)
    for body in rows:
        body.kind_text = BODY_KIND_TEXTS[BodyKind(body.kind)]
    return render(request, "cpaudit/members/body_list.html", {"rows": rows, "form": form})


@login_required
@require_safe
def body_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who works at a body, who is invited, and what happened about it."""
    body = get_object_or_404(Body.objects.visible_to(request.user).select_related("region"), pk=pk)
    user, now = request.user, timezone.now()
    context = {
        "body": body,
        "is_own": body.pk == user.body.pk,
        "postings": selectors.people_at(body, on=timezone.localdate(now)),
        "invitations": selectors.open_invitations(body, at=now),
        "events": timeline(body)[:-TIMELINE_LENGTH:-1],
        "can": {
            "invite": allowed(policies.check_can_invite, user, body),
            "end": allowed(policies.check_can_end_posting, user, Posting(body=body)),
            "see_others": bool(STAFFS[BodyKind(user.body.kind)]),
        },
    }
    return render(request, "cpaudit/members/body_people.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def posting_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then ends a posting at once."""
    postings = Posting.objects.visible_to(request.user).active(on=timezone.localdate())
    posting = get_object_or_404(postings.select_related("user", "body"), pk=pk)
    policies.check_can_end_posting(request.user, posting)
    if request.method == "POST":
        services.end_posting(posting=posting, by=request.user, at=timezone.now())
        messages.success(request, _("The posting of %(person)s is ended.") % {"person": posting.user})
        return redirect("home" if posting.user_id == request.user.pk else "accounts:colleagues")
    context = {
        "title": _("End the posting of %(person)s?") % {"person": posting.user},
        "sentence": f"{posting.get_role_label()} · {posting.body}",
        "consequences": [
            _("%(person)s can no longer act for %(body)s, from this moment on.")
            % {"person": posting.user, "body": posting.body},
            _("All API tokens of this posting stop working."),
            _("What was done so far stays as it is, under the same name."),
        ],
        "action_label": _("End the posting"),
        "is_danger": True,
        "back_url": reverse("accounts:colleagues"),
        "crumbs": [(_("People"), reverse("accounts:colleagues")), (_("End a posting"), "")],
    }
    return render(request, "confirm.html", context)


# --- Invitations ----------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer somebody a posting at a body."""
    body = get_object_or_404(Body.objects.visible_to(request.user), pk=pk)
    policies.check_can_invite(request.user, body)
    form = InvitationForm(request.POST or None, body=body)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = services.invite(body=body, **form.cleaned_data, by=request.user, at=timezone.now())
        except Invalid as refusal:
            form.add_refusal(refusal)
        else:
            text = _("The invitation is on its way to %(email)s, good until %(day)s.")
            day = timezone.localdate(invitation.expires_at)
            messages.success(request, text % {"email": invitation.email, "day": day})
            return redirect("accounts:body-people", body.pk)
    status = 422 if form.is_bound else 200
    return render(request, "cpaudit/members/invitation_create.html", {"form": form, "body": body}, status=status)


@login_required
@require_POST
def invitation_send_again(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _visible_invitation(request, pk)
    services.send_again(invitation=invitation, by=request.user, at=timezone.now())
    text = _("A fresh link is on its way to %(email)s; the earlier one no longer works.")
    messages.success(request, text % {"email": invitation.email})
    return redirect("accounts:body-people", invitation.body_id)


@login_required
@require_POST
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _visible_invitation(request, pk)
    services.withdraw_invitation(invitation=invitation, by=request.user, at=timezone.now())
    messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": invitation.email})
    return redirect("accounts:body-people", invitation.body_id)


def _visible_invitation(request: HttpRequest, pk: int) -> Invitation:
    return get_object_or_404(Invitation.objects.visible_to(request.user).select_related("body"), pk=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Where the mailed link leads. The key in it is what lets in, so nobody needs to be signed in or visible here."""
    invitation = selectors.invitation_by_link(pk)
    if invitation is None or not key_fits(invitation, key):
        raise Http404
    now = timezone.now()
    state = selectors.state_of(invitation, at=now)
    if state is not InvitationState.OPEN:
        return _closed_invitation(request, invitation, state)
    if request.user.is_authenticated:
        return _accept_as_user(request, invitation)
    if selectors.has_account(invitation):
        return render(request, "cpaudit/members/invitation_sign_in.html", {"invitation": invitation})
    return _accept_as_new(request, invitation)


def _closed_invitation(request: HttpRequest, invitation: Invitation, state: InvitationState) -> HttpResponse:
    if request.user.is_authenticated and invitation.accepted_by_id == request.user.pk:
        return redirect("home")  # a second click on what went well
    context = {"invitation": invitation, "state": state, "sentence": _(services.SENTENCES[state])}
    return render(request, "cpaudit/members/invitation_closed.html", context, status=410)


def _accept_as_user(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    is_mine = request.user.email.lower() == invitation.email.lower()
    if request.method == "POST" and is_mine:
        posting = services.accept_invitation(invitation=invitation, by=request.user, at=timezone.now())
        request.session[SESSION_KEY] = posting.pk
        messages.success(request, _("Welcome. You now act for %(body)s.") % {"body": posting.body})
        return redirect("home")
    context = {"invitation": invitation, "is_mine": is_mine}
    return render(request, "cpaudit/members/invitation_accept.html", context)


def _accept_as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        del form.cleaned_data["password_again"]
        user = services.join(invitation=invitation, **form.cleaned_data, by=None, at=timezone.now())
        login(request, user, backend=AUTHENTICATION_BACKEND)
        messages.success(request, _("Welcome. You now act for %(body)s.") % {"body": invitation.body})
        response = redirect("home")
        remember_language(response, user.language)
        return response
    context = {"invitation": invitation, "form": form}
    return render(request, "cpaudit/members/invitation_join.html", context, status=422 if form.is_bound else 200)


# --- API tokens -----------------------------------------------------------------------------------------------------
@login_required
@require_safe
def token_list(request: HttpRequest) -> HttpResponse:
    """My tokens; the text of none of them."""
    tokens = ApiToken.objects.visible_to(request.user).select_related("posting__body").order_by("-pk")
    now = timezone.now()
    context = {
        "rows": page_of(tokens, request),
        "usable": set(tokens.usable(at=now).values_list("pk", flat=True)),
        "can_create": bool(request.user.current_postings),
    }
    return render(request, "cpaudit/members/token_list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_create(request: HttpRequest) -> HttpResponse:
    """Make a token and show its text, this once."""
    if not request.user.current_postings:
        raise Http404
    form = TokenForm(request.POST or None, user=request.user, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = services.create_token(**form.cleaned_data, by=request.user, at=timezone.now())
        except Invalid as refusal:
            form.add_refusal(refusal)
        else:
            # Shown in the answer itself: a redirect would have to keep it somewhere in between.
            return render(request, "cpaudit/members/token_made.html", {"token": token, "secret": secret})
    status = 422 if form.is_bound else 200
    return render(request, "cpaudit/members/token_create.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then revokes."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user).select_related("posting"), pk=pk)
    if request.method == "POST":
        services.revoke_token(token=token, by=request.user, at=timezone.now())
        messages.success(request, _("The token %(label)s is revoked.") % {"label": token.label})
        return redirect("accounts:token-list")
    context = {
        "title": _("Revoke the token %(label)s?") % {"label": token.label},
        "consequences": [_("Programs that use it are refused from this moment on."), _("It cannot be brought back.")],
        "action_label": _("Revoke the token"),
        "is_danger": True,
        "back_url": reverse("accounts:token-list"),
        "crumbs": [(_("API tokens"), reverse("accounts:token-list")), (_("Revoke"), "")],
    }
    return render(request, "confirm.html", context)
