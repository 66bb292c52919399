"""Which audit an option belongs to, what may be brought into it, and the bulk writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils import timezone

from audits.enterprises.imports.shared import (
    YEAR,
    Amounts,
    Jurisdiction,
    chunks,
    create_in_chunks,
    enterprise_complaints,
    find_enterprises,
    references_of,
    remember,
    save_changes,
    worded,
)
from audits.enterprises.rules import year_problems
from audits.options.imports.target import OPTIONS, PLAIN, RESULTS, SENTENCES, WRITTEN
from audits.options.models import EffectKind, Option, OptionEffect
from audits.options.policies import rows_open_to, situation
from audits.options.rules import OPTION_STATUS_LABELS, OptionStatus, cost_class
from audits.options.rules.codes import is_code
from audits.options.rules.transitions import OptionAction, fitting, why_not
from audits.options.services.holding import hold_audit
from audits.workflow.models import Audit
from audits.workflow.rules.transitions import Status
from audits.workflow.services.recording import PastAudit, record_past_audits
from cpaudit.accounts.models import User
from cpaudit.accounts.roles import BodyKind, Permission
from cpaudit.imports.problems import Problem
from cpaudit.imports.records import Action, Complaint, Record
from cpaudit.imports.registry import Scope
from cpaudit.rulebook.errors import NotAllowed
from cpaudit.rulebook.findings import _
from cpaudit.trail.services import record_each


def check_can_import_options(user: User) -> None:
    """Who records past audits, or works on audits himself; which ones, is asked row by row."""
    if user.body is None or not (user.body.kind == BodyKind.AUTHORITY or user.may(Permission.WORK_ON_AUDITS)):
        raise NotAllowed(_("Your role does not import options."))


class OptionImporter(Amounts):
    target = OPTIONS

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope
        self.jurisdiction = Jurisdiction(scope.by)
        self.today = timezone.localdate(scope.at)
        self.records_past = scope.by is None or bool(scope.by.body and scope.by.body.kind == BodyKind.AUTHORITY)
        self.refusals: dict[int, str] = {}

    def known(self) -> dict[str, dict[str, Sequence[str]]]:
        return {"metric": self.metric_names(), "unit": self.unit_names()}

    # --- Which audit? -----------------------------------------------------------------------------------------------
    def prepare(self, records: Sequence[Record]) -> None:
        """Find the audits: by number, or the recorded one of the enterprise and year, if there is one already."""
        by_number = self.audits_by_number({number for record in records if (number := record.values.get("audit"))})
        past = [record for record in records if not record.values.get("audit")]
        known = find_enterprises(past)
        for record in past:
            references = references_of(record)
            enterprise = known.get(references[0]) if references else None
            if enterprise and self.jurisdiction.covers(enterprise.body.region, enterprise.sector_id):
                record.found["enterprise"] = enterprise
        recorded = self.recorded_audits({one.found["enterprise"].pk for one in past if "enterprise" in one.found})
        for record in records:
            if number := record.values.get("audit"):
                record.found["audit"] = by_number.get(number)
            elif enterprise := record.found.get("enterprise"):
                key = (enterprise.pk, record.values.get("year", 0), record.values.get("source", ""))
                record.found["audit"] = recorded.get(key)
        self.find_options(records)

    def audits_by_number(self, numbers: set[str]) -> dict[str, Audit]:
        user = self.scope.by
        everyone = Audit.objects.visible_to(user) if user else Audit.objects.all()
        found: dict[str, Audit] = {}
        for chunk in chunks(sorted(numbers)):
            found |= {audit.number: audit for audit in everyone.with_names().filter(number__in=chunk)}
        for audit in found.values():
            self.refusals[audit.pk] = self.why_closed(audit)
        return found

    def why_closed(self, audit: Audit) -> str:
        """Why options cannot be added to this audit; empty where they can."""
        if audit.status == Status.RECORDED:
            covers = self.jurisdiction.covers(audit.enterprise.body.region, audit.enterprise.sector_id)
            return "" if covers else SENTENCES["not_recorded_by_you"].problem
        if self.scope.by is None:
            return ""
        try:
            rows = rows_open_to(OptionAction.ADD, self.scope.by, audit)
        except NotAllowed as refusal:
            return refusal.sentence
        now = situation(None, audit)
        return "" if fitting(rows, now) else why_not(rows, now)[0].text

    def find_options(self, records: Sequence[Record]) -> None:
        """The options that are there already, into `record.found`."""
        audits = sorted({audit.pk for record in records if (audit := record.found.get("audit"))})
        known: dict[tuple[int, str], Option] = {}
        for chunk in chunks(audits):
            known |= {(option.audit_id, option.code): option for option in Option.objects.filter(audit__in=chunk)}
        for record in records:
            audit = record.found.get("audit")
            if audit and (option := known.get((audit.pk, record.values.get("code", "")))):
                record.found["option"] = option

    def recorded_audits(self, enterprises: set[int]) -> dict[tuple[int, int, str], Audit]:
        found = {}
        for chunk in chunks(sorted(enterprises)):
            for audit in Audit.objects.filter(enterprise__in=chunk, status=Status.RECORDED).order_by("-pk"):
                found[(audit.enterprise_id, audit.year, audit.source)] = audit
        return found

    # --- What only an option knows ----------------------------------------------------------------------------------
    def complaints(self, record: Record) -> Iterator[Complaint]:
        values, audit = record.values, record.found.get("audit")
        if values.get("audit"):
            if audit is None:
                yield "audit", Problem("unknown_audit"), True
            elif reason := self.refusals[audit.pk]:
                yield "audit", Problem("audit_closed", {"reason": {"msgid": reason, "params": {}}}), True
        elif not references_of(record) and not values.get("year"):
            yield "audit", Problem("no_audit"), True
        elif not self.records_past:
            yield "audit", Problem("not_recorded_by_you"), True
        else:
            yield from enterprise_complaints(record)
            if "year" not in values:
                yield "year", Problem("required", {"field": YEAR.label}), True
            else:
                for finding in year_problems(values["year"], today=self.today):
                    yield "year", Problem("year", {"reason": worded(finding)}), True
        if (code := values.get("code")) and not is_code(code):
            yield "code", Problem("option_code"), True
        status = values.get("status", OptionStatus.PROPOSED)
        in_work = audit is not None and audit.status != Status.RECORDED
        if in_work and status != OptionStatus.PROPOSED:
            yield "status", Problem("status_in_work"), True
        if in_work:
            for name in RESULTS:
                if name in values:
                    yield name, Problem("result_in_work"), True
        if (status == OptionStatus.SCREENED_OUT and not values.get("screening_reason")) or (
            status == OptionStatus.ABANDONED and not values.get("abandoned_reason")
        ):
            yield "status", Problem("reason_missing"), True
        existing = record.found.get("option")
        if in_work and existing and existing.status != OptionStatus.PROPOSED:
            label = {"msgid": OPTION_STATUS_LABELS[OptionStatus(existing.status)], "params": {}}
            yield "code", Problem("changed_since", {"status": label}), True

    def key(self, record: Record) -> Any:
        code, audit = record.values.get("code"), record.found.get("audit")
        if not code:
            return None
        if audit is not None:
            return "audit", audit.pk, code
        enterprise, year = record.found.get("enterprise"), record.values.get("year")
        return ("past", enterprise.pk, year, record.values.get("source", ""), code) if enterprise and year else None

    def existing(self, records: Sequence[Record]) -> dict[Any, Any]:
        return {self.key(record): record.found["option"] for record in records if "option" in record.found}

    # --- Writing ----------------------------------------------------------------------------------------------------
    def write(self, records: Sequence[Record], progress: Callable[[int], None]) -> None:
        written = [record for record in records if record.action is not Action.SKIP]
        self.hold_audits_in_work(written)
        self.record_audits([record for record in written if record.found.get("audit") is None])
        options = [self.option(record) for record in written]
        new = [option for option, record in zip(options, written, strict=True) if record.action is Action.CREATE]
        changed = [option for option, record in zip(options, written, strict=True) if record.action is Action.UPDATE]
        create_in_chunks(Option, new, progress)
        for option in changed:
            save_changes(option, WRITTEN)
        self.replace_effects(list(zip(options, written, strict=True)))
        progress(len(written))
        counted: dict[int, tuple[Audit, int]] = {}
        for option in options:
            audit, count = counted.get(option.audit_id, (option.audit, 0))
            counted[option.audit_id] = (audit, count + 1)
        record_each(
            verb="option.imported",
            occasions=((audit, {"count": count, "file": self.scope.file}) for audit, count in counted.values()),
            by=self.scope.by,
            at=self.scope.at,
        )

    def hold_audits_in_work(self, records: Sequence[Record]) -> None:
        """Nobody files an audit while options are added to it; one filed since the rows were judged stops all."""
        audits = {audit.pk: audit for record in records if (audit := record.found.get("audit"))}
        in_work = {pk for pk, audit in audits.items() if audit.status != Status.RECORDED}
        for pk in sorted(in_work):
            if reason := self.why_closed(hold_audit(pk)):
                raise NotAllowed(reason)

    def record_audits(self, records: Sequence[Record]) -> None:
        """Enter the past audits these options belong to, one for each enterprise, year and source."""
        groups: dict[tuple[str, int, int], list[Record]] = defaultdict(list)
        for record in records:
            values = record.values
            groups[(values.get("source", ""), record.found["enterprise"].pk, values["year"])].append(record)
        for source in {source for source, _enterprise, _year in groups}:
            chosen = [of_one for key, of_one in groups.items() if key[0] == source]
            audits = record_past_audits(
                audits=[self.past_audit(of_one[0]) for of_one in chosen],
                source=source,
                file=self.scope.file,
                by=self.scope.by,
                at=self.scope.at,
            )
            for audit, of_one in zip(audits, chosen, strict=True):
                for record in of_one:
                    record.found["audit"] = audit

    def past_audit(self, record: Record) -> PastAudit:
        values = record.values
        return PastAudit(
            enterprise=record.found["enterprise"],
            year=values["year"],
            currency=values.get("currency", "CNY"),
            cost_low_max=values.get("low_max"),
            cost_medium_max=values.get("medium_max"),
        )

    def option(self, record: Record) -> Option:
        """The option with what the row gives; an empty cell erases nothing of an existing one."""
        values, audit = record.values, record.found["audit"]
        option: Option = record.existing or Option(audit=audit, code=values["code"], currency=audit.currency)
        remember(option, WRITTEN)
        option.audit = audit
        for name in PLAIN:
            if (value := values.get(name)) is not None:
                setattr(option, name, value)
        option.status = values.get("status", option.status or OptionStatus.PROPOSED)
        option.screening_reason = option.screening_reason if option.status == OptionStatus.SCREENED_OUT else ""
        option.abandoned_reason = option.abandoned_reason if option.status == OptionStatus.ABANDONED else ""
        option.progress = 100 if option.status == OptionStatus.IMPLEMENTED else option.progress
        option.source_ref = values.get("option_ref", option.source_ref)
        option.cost_class = self.class_of(option, audit)
        return option

    def class_of(self, option: Option, audit: Audit) -> str:
        if option.currency != audit.currency:
            return ""
        return cost_class(option.planned_investment, audit.cost_low_max, audit.cost_medium_max) or ""

    def replace_effects(self, pairs: Sequence[tuple[Option, Record]]) -> None:
        """Write the expected effects; that of the same option and metric is replaced."""
        with_effect = [(option, record) for option, record in pairs if "effect" in record.given]
        effects = [self.effect(option, record) for option, record in with_effect]
        updated = [option.pk for option, record in with_effect if record.action is Action.UPDATE]
        fresh = {(effect.option_id, effect.metric_id) for effect in effects}
        for chunk in chunks(updated):
            before = OptionEffect.objects.filter(option__in=chunk, kind=EffectKind.EXPECTED)
            gone = [pk for pk, *key in before.values_list("pk", "option", "metric") if tuple(key) in fresh]
            OptionEffect.objects.filter(pk__in=gone).delete()
        create_in_chunks(OptionEffect, effects)

    def effect(self, option: Option, record: Record) -> OptionEffect:
        given, unit = record.given["effect"]
        return OptionEffect(
            option=option,
            metric=self.metrics[record.values["metric"]],
            kind=EffectKind.EXPECTED,
            amount=record.values["effect"],
            given_amount=given,
            given_unit=unit,
            recorded_by=self.scope.by,
            recorded_at=self.scope.at,
        )
