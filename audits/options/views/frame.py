"""What the pages of one option have in common: finding it, its crumbs, its context."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from audits.options.models import Option
from audits.options.policies import actions_open_to
from audits.workflow.models import Audit
from audits.workflow.views.frame import audit_page, get_audit


def get_option(request: HttpRequest, pk: int, option_pk: int) -> Option:
    """The option with its audit and effects, or 404 where one of them is not there for this reader."""
    audit = get_audit(request, pk)
    option = get_object_or_404(Option.objects.visible_to(request.user).filter(audit=audit).with_effects(), pk=option_pk)
    option.audit = audit
    return option


def option_url(option: Option, part: str = "") -> str:
    address = reverse("audits:option-detail", args=[option.audit_id, option.pk])
    return f"{address}#{part}" if part else address


def list_page(request: HttpRequest, audit: Audit, **more: Any) -> dict[str, Any]:
    """The context of a page under the tab of options."""
    page = audit_page(request, audit, "options", **more)
    page["crumbs"] = [*page["crumbs"], (_("Options"), reverse("audits:option-list", args=[audit.pk]))]
    # The stepper belongs to the audit's own pages; a table wants the room.
    return page | {"stepper": None}


def option_page(request: HttpRequest, option: Option, **more: Any) -> dict[str, Any]:
    """The context of a page of one option; `acts`: what the reader can do with it now, by action."""
    page = list_page(request, option.audit, **more)
    page["crumbs"] = [*page["crumbs"], (option.code, option_url(option))]
    acts = {action.value: row for action, row in actions_open_to(request.user, option.audit, option).items()}
    return page | {"option": option, "acts": acts}
