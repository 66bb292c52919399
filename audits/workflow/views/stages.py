"""One stage: purpose, checklist, text, hours, files, findings, and its moves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audits.workflow import services
from audits.workflow.forms import CommentForm, SectionForm, StageDatesForm, UploadForm, VersionForm, WorkForm
from audits.workflow.models import Audit, Stage
from audits.workflow.policies import allowed, check_can_on_stage, check_can_write_records
from audits.workflow.rules.gates import STAGE_GATES, findings_of
from audits.workflow.rules.transitions import STAGE_TRANSITIONS, WORKING, StageAction, StageStatus
from audits.workflow.selectors import facts_for, stage_of
from audits.workflow.views.frame import audit_page, get_audit
from cpaudit.documents.models import StoredFile
from cpaudit.rulebook.errors import Invalid, Refused, Stale
from cpaudit.web.findings import refusal_sentence
from cpaudit.web.forms import show_errors

FIELDS_BESIDE = {1: ("preliminary_training",), 4: ("midterm_assessment",), 7: ("final_assessment",)}
"""Where the three fields that are not stages are logged."""


@login_required
def stage_detail(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    audit, stage = _audit_and_stage(request, pk, number)
    return render(request, "audits/workflow/stage_detail.html", _stage_page(request, audit, stage))


@login_required
@require_POST
def section_write(request: HttpRequest, pk: int, number: int, key: str) -> HttpResponse:
    """Save one section; where somebody saved meanwhile, both texts are shown and nothing is lost."""
    audit, stage = _audit_and_stage(request, pk, number)
    _known(stage.spec.section, key)
    form = SectionForm(request.POST)
    if form.is_valid():
        try:
            services.write_section(stage=stage, key=key, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as invalid:
            show_errors(form, invalid)
        except Stale as stale:
            form.add_error(None, refusal_sentence(stale))
        else:
            messages.success(request, _("“%(section)s” is saved.") % {"section": _(stage.spec.section(key).title)})
            return redirect(_stage_url(audit, stage, f"section-{key}"))
    return render(
        request,
        "audits/workflow/stage_detail.html",
        _stage_page(request, audit, stage, bound_sections={key: form}),
        status=409,
    )


@login_required
@require_POST
def deliverable_mark(request: HttpRequest, pk: int, number: int, key: str) -> HttpResponse:
    audit, stage = _audit_and_stage(request, pk, number)
    _known(stage.spec.deliverable, key)
    mark = services.tick_deliverable if request.POST.get("done") == "1" else services.untick_deliverable
    mark(stage=stage, key=key, by=request.user, at=timezone.now())
    return redirect(_stage_url(audit, stage, "checklist"))


@login_required
@require_POST
def stage_dates(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    audit, stage = _audit_and_stage(request, pk, number)
    form = StageDatesForm(request.POST)
    if form.is_valid():
        try:
            services.set_stage_dates(stage=stage, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("The dates are saved."))
            return redirect(_stage_url(audit, stage, "dates"))
    page = _stage_page(request, audit, stage) | {"dates_form": form}
    return render(request, "audits/workflow/stage_detail.html", page, status=400)


@login_required
@require_POST
def work_log(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    audit, stage = _audit_and_stage(request, pk, number)
    form = WorkForm(request.POST, audit=audit)
    if form.is_valid():
        try:
            services.log_work(audit=audit, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("The hours are logged."))
            return redirect(_stage_url(audit, stage, "work"))
    page = _stage_page(request, audit, stage) | {"work_form": form}
    return render(request, "audits/workflow/stage_detail.html", page, status=400)


@login_required
@require_POST
def work_remove(request: HttpRequest, pk: int, number: int, entry_pk: int) -> HttpResponse:
    audit, stage = _audit_and_stage(request, pk, number)
    entry = get_object_or_404(audit.work.select_related("member", "audit"), pk=entry_pk)
    services.remove_work(entry=entry, by=request.user, at=timezone.now())
    messages.success(request, _("The hours are removed; the history keeps them."))
    return redirect(_stage_url(audit, stage, "work"))


@login_required
@require_POST
def file_add(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    audit, stage = _audit_and_stage(request, pk, number)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.add_stage_file(
                stage=stage,
                upload=form.cleaned_data["file"],
                caption=form.cleaned_data["caption"],
                by=request.user,
                at=timezone.now(),
            )
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("The file is added."))
            return redirect(_stage_url(audit, stage, "files"))
    page = _stage_page(request, audit, stage) | {"upload_form": form}
    return render(request, "audits/workflow/stage_detail.html", page, status=400)


@login_required
@require_http_methods(["GET", "POST"])
def file_remove(request: HttpRequest, pk: int, number: int, file_pk: int) -> HttpResponse:
    audit, stage = _audit_and_stage(request, pk, number)
    file = get_object_or_404(StoredFile.objects.about(audit).filter(part=services.part_of(stage)), pk=file_pk)
    if request.method == "POST":
        services.remove_stage_file(stage=stage, file=file, by=request.user, at=timezone.now())
        messages.success(request, _("The file is removed."))
        return redirect(_stage_url(audit, stage, "files"))
    return render(
        request,
        "confirm.html",
        {
            "title": _("Remove %(file)s") % {"file": file.name},
            "consequences": [_("The history keeps that it was here.")],
            "action_label": _("Remove"),
            "is_danger": True,
            "back_url": _stage_url(audit, stage, "files"),
            "crumbs": [(audit.number, reverse("audits:audit-detail", args=[audit.pk]))],
        },
    )


@login_required
@require_POST
def stage_begin(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    audit, stage = _audit_and_stage(request, pk, number)
    services.begin_stage(stage=stage, version=_version(request), by=request.user, at=timezone.now())
    return redirect(_stage_url(audit, stage))


@login_required
@require_POST
def stage_complete(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Submit the stage; refused, the page comes back with every finding at its head."""
    audit, stage = _audit_and_stage(request, pk, number)
    try:
        done, _findings = services.complete_stage(
            stage=stage, version=_version(request), by=request.user, at=timezone.now()
        )
    except Refused as refused:
        page = _stage_page(request, audit, stage) | {"refusal": refusal_sentence(refused), "findings": refused.findings}
        return render(request, "audits/workflow/stage_detail.html", page, status=422)
    messages.success(request, _("Stage %(stage)s is completed.") % {"stage": done.number})
    return redirect("audits:audit-detail", audit.pk)


@login_required
@require_http_methods(["GET", "POST"])
def stage_act(request: HttpRequest, pk: int, number: int, action: str) -> HttpResponse:
    """Reopen or send back: a comment, for the latter a date, then the deed."""
    audit, stage = _audit_and_stage(request, pk, number)
    acts = {"reopen": services.reopen_stage, "send_back": services.send_stage_back}
    if action not in acts:
        raise Http404
    row = STAGE_TRANSITIONS[StageAction(action)]
    form = CommentForm(
        request.POST or None, comment=row.comment, due_date=row.due_date, initial={"version": stage.version}
    )
    if request.method == "POST" and form.is_valid():
        try:
            acts[action](stage=stage, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("Stage %(stage)s is %(done)s.") % {"stage": stage.number, "done": _(row.done)})
            return redirect(_stage_url(audit, stage))
    return render(
        request,
        "confirm.html",
        {
            "title": f"{_(row.label)}: {stage.number}. {_(stage.spec.name)}",
            "sentence": f"{audit.number} · {audit.enterprise.name}",
            "form": form,
            "action_label": _(row.label),
            "back_url": _stage_url(audit, stage),
            "crumbs": [(audit.number, reverse("audits:audit-detail", args=[audit.pk]))],
        },
    )


def _audit_and_stage(request: HttpRequest, pk: int, number: int) -> tuple[Audit, Stage]:
    audit = get_audit(request, pk)
    try:
        stage = stage_of(audit, number)
    except Stage.DoesNotExist as missing:
        raise Http404 from missing
    stage.audit = audit
    return audit, stage


def _known(look_up: Any, key: str) -> None:
    try:
        look_up(key)
    except KeyError as unknown:
        raise Http404 from unknown


def _version(request: HttpRequest) -> int:
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("The form is incomplete. Load the page again."))
    return form.cleaned_data["version"]


def _stage_url(audit: Audit, stage: Stage, place: str = "") -> str:
    address = reverse("audits:stage-detail", args=[audit.pk, stage.number])
    return f"{address}#{place}" if place else address


def _stage_page(
    request: HttpRequest, audit: Audit, stage: Stage, bound_sections: dict[str, SectionForm] | None = None
) -> dict[str, Any]:
    """Everything the page shows; `bound_sections` are the forms that did not go through, with what was typed."""
    can_write = (
        allowed(check_can_write_records, request.user, audit)
        and stage.status in {StageStatus.OPEN, StageStatus.SENT_BACK}
    )  # fmt: skip
    written = {section.key: section for section in stage.sections.all()}
    done = {item.key: item for item in stage.deliverables.all()}
    fields = [stage.spec.field, *FIELDS_BESIDE.get(stage.number, ())]
    dates = {"started_on": stage.started_on, "finished_on": stage.finished_on, "version": stage.version}
    work = audit.work.filter(field__in=fields).select_related("member")
    return audit_page(
        request,
        audit,
        "stages",
        stage_number=stage.number,
        stage=stage,
        stage_other_name=_(stage.spec.other_name),
        sections=[
            _section(spec, written.get(spec.key), can_write, (bound_sections or {}).get(spec.key))
            for spec in stage.spec.sections
        ],
        deliverables=[{"spec": spec, "done": done.get(spec.key)} for spec in stage.spec.deliverables],
        findings=findings_of(STAGE_GATES[stage.number], facts_for(audit, on=timezone.localdate())),
        work=work,
        hours=sum(entry.hours for entry in work),
        files=StoredFile.objects.about(audit).filter(part=services.part_of(stage)),
        upload_form=UploadForm(),
        can_write=can_write,
        can_on_stage={
            action.value: stage.status in row.sources
            and audit.status in WORKING
            and allowed(check_can_on_stage, action, request.user, audit)
            for action, row in STAGE_TRANSITIONS.items()
        },
        dates_form=StageDatesForm(initial=dates),
        work_form=WorkForm(audit=audit, initial={"field": stage.spec.field, "worked_on": timezone.localdate()}),
    )


def _section(spec: Any, saved: Any, can_write: bool, bound: SectionForm | None) -> dict[str, Any]:
    form = bound or SectionForm(
        initial={"text": saved.text if saved else "", "version": saved.version if saved else 0},
        auto_id=f"id_{spec.key}_%s",
    )
    form.fields["text"].label = _(spec.title)
    form.fields["text"].required = False
    return {"spec": spec, "saved": saved, "form": form if can_write else None, "is_bound": bound is not None}
