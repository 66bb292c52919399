"""What must hold before an audit starts or a stage is completed. Pure: facts in, findings out.

A gate's name is the requirement as a statement; it returns a finding for what holds as well as for what does not, so that
the checklist can be shown before anybody is refused. `STAGE_GATES` and `START_GATES` are the tables to extend.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from audits.workflow.rules.facts import Facts, MemberFacts
from audits.workflow.rules.stages import FIELD_LABELS, STAGES
from audits.workflow.rules.transitions import StageStatus
from cpaudit.rulebook.findings import Finding, Severity, _

Gate = Callable[[Facts], list[Finding]]


def _named(members: list[MemberFacts]) -> dict[str, str]:
    """Their names in a row, in both languages."""
    return {
        "zh": "、".join(member.names["zh"] for member in members),
        "en": ", ".join(member.names["en"] for member in members),
    }


# --- The team (Items 6, 9) -------------------------------------------------------------------------------------------


def qualified(facts: Facts) -> list[MemberFacts]:
    """Members whose registration counts as qualified under the rule set."""
    return [member for member in facts.members if member.level in facts.rules.choices("team_levels")]


def the_team_has_enough_qualified_auditors(facts: Facts) -> list[Finding]:
    """R-6b: at least two members with a registration of level auditor or principal, valid on the day."""
    counted = qualified(facts)
    needed = facts.rules.integer("team_min_qualified")
    findings = [
        Finding(
            "R-6b", facts.rules.article("team_min_qualified"), len(counted) >= needed,
            _("The team has %(have)s qualified auditors (auditor or principal, registration valid on %(on)s); at least %(need)s are needed."),
            params={"have": len(counted), "need": needed, "on": facts.on},
            remedy=_("Take another auditor or principal into the team, or have an expired registration renewed."),
        )
    ]  # fmt: skip
    if facts.planned_end:
        findings += [
            Finding(
                "R-6b", facts.rules.article("team_min_qualified"), False,
                _("The registration of %(name)s ends on %(until)s, before the planned end of the audit on %(end)s."),
                Severity.WARN, {"name": member.names, "until": member.valid_until, "end": facts.planned_end},
                remedy=_("See that it is renewed before the report is signed."),
            )
            for member in counted
            if member.valid_until and member.valid_until < facts.planned_end
        ]  # fmt: skip
    return findings


def the_team_has_a_qualified_leader(facts: Facts) -> list[Finding]:
    """R-9: there is a leader, and he is not an associate (nor without any registration)."""
    leaders = [member for member in facts.members if member.leader]
    counted = [member for member in leaders if member.level in facts.rules.choices("team_levels")]
    if not leaders:
        text, params = _("The team has no leader."), {}
    elif counted:
        text, params = _("The team is led by %(name)s, who is qualified."), {"name": counted[0].names}
    else:
        text, params = (
            _("%(name)s leads the team, but has no valid registration as auditor or principal."),
            {"name": leaders[0].names},
        )
    return [
        Finding(
            "R-9", "Item 9", bool(counted), text, params=params,
            remedy=_("Make an auditor or principal with a valid registration the leader."),
        )
    ]  # fmt: skip


def every_associate_is_guided(facts: Facts) -> list[Finding]:
    """R-9: an associate works only under a qualified member of the same team, named as guide."""
    associates = [member for member in facts.members if member.level == "associate"]
    guides = {member.pk for member in qualified(facts)}
    alone = [member for member in associates if member.guide_pk not in guides]
    if not associates:
        return []
    return [
        Finding(
            "R-9", "Item 9", not alone,
            _("These associates have no qualified guide in the team: %(names)s.") if alone
            else _("Every associate works under a qualified guide of the team."),
            params={"names": _named(alone)} if alone else {},
            remedy=_("Name an auditor or principal of the team as guide."),
        )
    ]  # fmt: skip


def the_consultancy_may_operate(facts: Facts) -> list[Finding]:
    """R-24: a consulting organisation may begin from the day it is affirmed, as long as it is not rescinded."""
    if facts.consultancy is None:
        return []
    return [may_operate(facts.consultancy, facts.operates_from, facts.operates_until, on=facts.on)]


def may_operate(name: str, since: dt.date | None, until: dt.date | None, *, on: dt.date) -> Finding:
    """R-24 for one organisation: `since` its affirmation, `until` the first day it may operate no more."""
    ok = False
    if since is None or since > on:
        text, params = _("%(name)s has not been affirmed by %(on)s."), {"name": name, "on": on}
    elif until is not None and until <= on:
        text, params = _("%(name)s may not operate any more since %(until)s."), {"name": name, "until": until}
    else:
        ok, text, params = True, _("%(name)s may operate since %(since)s."), {"name": name, "since": since}
    return Finding(
        "R-24", "Item 24", ok, text, params=params,
        remedy="" if ok else _("Engage an affirmed organisation, or wait for the affirmation."),
    )  # fmt: skip


# --- Order, text, checklist (Item 5, manual) -------------------------------------------------------------------------


def _stage_gates(number: int) -> tuple[Gate, ...]:
    """What every stage needs: order, dates, sections, deliverables, hours."""
    spec = STAGES[number]
    step = f"Manual, stage {number}"

    def the_stages_before_are_completed(facts: Facts) -> list[Finding]:
        if number == 1:
            return []
        open_ones = [n for n in range(1, number) if facts.stages[n].status is not StageStatus.COMPLETED]
        return [
            Finding(
                "R-5", "Item 5", not open_ones,
                _("These stages come before and are not completed: %(stages)s.") if open_ones
                else _("Every stage before this one is completed."),
                params={"stages": ", ".join(str(n) for n in open_ones)} if open_ones else {},
                remedy=_("Stages are completed in order; working on several at once is allowed."),
            )
        ]  # fmt: skip

    def the_stage_is_dated(facts: Facts) -> list[Finding]:
        stage = facts.stages[number]
        if stage.started_on is None or stage.finished_on is None:
            ok, text = False, _("Start and finish of the stage are not both dated.")
        elif stage.finished_on > facts.on:
            ok, text = False, _("The stage is dated to finish in the future.")
        else:
            ok, text = True, _("The stage ran from %(start)s to %(finish)s.")
        return [
            Finding(
                "R-5", "Item 5", ok, text,
                params={"start": stage.started_on, "finish": stage.finished_on} if ok else {},
                remedy=_("Enter the first and the last day of work in this stage."),
            )
        ]  # fmt: skip

    def the_sections_are_written(facts: Facts) -> list[Finding]:
        written = facts.stages[number].sections
        return [
            Finding(
                "M-REPORT", step, section.key in written,
                _("The section “%(section)s” is written.") if section.key in written
                else _("The section “%(section)s” is empty."),
                params={"section": {"msgid": section.title}},
            )
            for section in spec.sections
            if section.required
        ]  # fmt: skip

    def the_deliverables_are_there(facts: Facts) -> list[Finding]:
        done = facts.stages[number].deliverables
        return [
            Finding(
                "M-STEP", f"Manual, step {item.step}", item.key in done,
                _("“%(deliverable)s” is there.") if item.key in done else _("“%(deliverable)s” is not ticked as done."),
                params={"deliverable": {"msgid": item.title}},
            )
            for item in spec.deliverables
        ]  # fmt: skip

    def hours_are_logged(facts: Facts) -> list[Finding]:
        hours = facts.stages[number].hours
        return [
            Finding(
                "M-1.4", "Appendix 1.4", hours > Decimal(0),
                _("%(hours)s hours are logged in this stage.") if hours else _("No hours are logged in this stage."),
                Severity.WARN, {"hours": hours} if hours else {},
                remedy=_("Hours count for the auditors' marks; without them nobody is credited."),
            )
        ]  # fmt: skip

    return (
        the_stages_before_are_completed,
        the_stage_is_dated,
        the_sections_are_written,
        the_deliverables_are_there,
        hours_are_logged,
    )


# --- What single stages need besides (manual, last column of the gates' table) ---------------------------------------


def the_kickoff_training_was_held(facts: Facts) -> list[Finding]:
    """Stage 1: training before the audit is one of the ten fields; somebody logged hours in it."""
    held = "preliminary_training" in facts.fields_worked
    return [
        Finding(
            "M-1.4", "Manual, step 1.4", held,
            _("The kick-off training is on record.") if held else _("No hours are logged for the kick-off training."),
            remedy=_("Log who held or attended it, under “%(field)s”."),
            params={"field": {"msgid": FIELD_LABELS["preliminary_training"]}},
        )
    ]  # fmt: skip


def there_are_options(facts: Facts) -> list[Finding]:
    """Stage 4: an audit ends in options (Item 2)."""
    return [
        Finding(
            "R-2", "Item 2", bool(facts.options),
            _("The register holds %(count)s options.") if facts.options else _("The register holds no option."),
            params={"count": len(facts.options)} if facts.options else {},
            remedy=_("An audit that finds nothing to improve is not one: enter the options."),
        )
    ]  # fmt: skip


def every_option_is_screened(facts: Facts) -> list[Finding]:
    """Stage 4: no option without a verdict and its reason."""
    waiting = [option.code for option in facts.options if not option.screened]
    return [
        Finding(
            "M-SCREEN", "Manual, step 4.3", not waiting,
            _("These options are not screened: %(codes)s.") if waiting else _("Every option is screened with a reason."),
            params={"codes": ", ".join(waiting)} if waiting else {},
            remedy=_("Give each option a verdict and the reason for it."),
        )
    ]  # fmt: skip


def every_option_has_a_cost(facts: Facts) -> list[Finding]:
    """Stage 4: without an investment there is no class, and the classes are frozen with this stage."""
    missing = [option.code for option in facts.options if option.status != "screened_out" and not option.has_investment]
    return [
        Finding(
            "M-CLASS", "Manual, step 4.2", not missing,
            _("These options have no planned investment, so no cost class: %(codes)s.") if missing
            else _("Every option that goes on has a cost class."),
            params={"codes": ", ".join(missing)} if missing else {},
            remedy=_("Enter the planned investment; 0 makes it a no-cost option."),
        )
    ]  # fmt: skip


def enough_costly_options_go_on(facts: Facts) -> list[Finding]:
    """Stage 4: at least two medium- or high-cost options are carried into the feasibility analysis (a warning)."""
    needed = facts.rules.integer("forwarded_min")
    count = sum(o.cost_class in {"medium", "high"} and o.status != "screened_out" for o in facts.options)
    return [
        Finding(
            "M-FORWARD", facts.rules.article("forwarded_min"), count >= needed,
            _("%(count)s medium- or high-cost options go on to the feasibility analysis; %(need)s are usual."),
            Severity.WARN, {"count": count, "need": needed},
        )
    ]  # fmt: skip


def every_costly_option_is_evaluated(facts: Facts) -> list[Finding]:
    """Stage 5: a medium- or high-cost option that goes on has both investment and yearly benefit."""
    missing = [
        option.code
        for option in facts.options
        if option.cost_class in {"medium", "high"}
        and option.status != "screened_out"
        and not (option.has_investment and option.has_benefit)
    ]
    return [
        Finding(
            "M-FEASIBLE", "Manual, step 5.4", not missing,
            _("These medium- and high-cost options have no investment or no yearly benefit: %(codes)s.") if missing
            else _("Every medium- and high-cost option is evaluated."),
            params={"codes": ", ".join(missing)} if missing else {},
            remedy=_("Enter both, or screen the option out with its reason."),
        )
    ]  # fmt: skip


def every_option_is_planned(facts: Facts) -> list[Finding]:
    """Stage 6: whoever carries it out, and by when, is named for every option that goes on."""
    missing = [o.code for o in facts.options if o.status in {"feasible", "in_progress"} and not o.has_plan]
    return [
        Finding(
            "M-PLAN", "Manual, step 6.1", not missing,
            _("These options lack a responsible person or a due date: %(codes)s.") if missing
            else _("Every option has a responsible person and a due date."),
            params={"codes": ", ".join(missing)} if missing else {},
        )
    ]  # fmt: skip


def every_implemented_option_has_evidence(facts: Facts) -> list[Finding]:
    """Stage 6: what is called implemented is shown to be so."""
    missing = [o.code for o in facts.options if o.status == "implemented" and not o.has_evidence]
    return [
        Finding(
            "M-EVIDENCE", "Manual, step 6.3", not missing,
            _("These implemented options have no evidence: %(codes)s.") if missing
            else _("Every implemented option has its evidence."),
            params={"codes": ", ".join(missing)} if missing else {},
            remedy=_("Add a file or a measured effect to each."),
        )
    ]  # fmt: skip


def something_is_implemented(facts: Facts) -> list[Finding]:
    """R-2: an audit must put options into effect; none so far is a warning kept on the record."""
    count = sum(option.status == "implemented" for option in facts.options)
    return [
        Finding(
            "R-2", "Item 2", count > 0,
            _("Options implemented: %(count)s.") if count else _("No option is implemented yet."),
            Severity.WARN, {"count": count} if count else {},
            remedy=_("No- and low-cost options are normally carried out during the audit."),
        )
    ]  # fmt: skip


TEAM_GATES: tuple[Gate, ...] = (
    the_team_has_enough_qualified_auditors,
    the_team_has_a_qualified_leader,
    every_associate_is_guided,
)
START_GATES: tuple[Gate, ...] = (the_consultancy_may_operate, *TEAM_GATES)
STAGE_GATES: dict[int, tuple[Gate, ...]] = {
    1: (*_stage_gates(1), *TEAM_GATES, the_kickoff_training_was_held),
    2: _stage_gates(2),
    3: _stage_gates(3),
    4: (
        *_stage_gates(4),
        there_are_options,
        every_option_is_screened,
        every_option_has_a_cost,
        enough_costly_options_go_on,
    ),
    5: (*_stage_gates(5), every_costly_option_is_evaluated),
    6: (*_stage_gates(6), every_option_is_planned, every_implemented_option_has_evidence, something_is_implemented),
    7: _stage_gates(7),
}


def every_stage_is_completed(facts: Facts) -> list[Finding]:
    """R-5, for the filing: all seven stages."""
    open_ones = [number for number, stage in facts.stages.items() if stage.status is not StageStatus.COMPLETED]
    return [
        Finding(
            "R-5", "Item 5", not open_ones,
            _("These stages are not completed: %(stages)s.") if open_ones else _("All seven stages are completed."),
            params={"stages": ", ".join(str(n) for n in open_ones)} if open_ones else {},
        )
    ]  # fmt: skip


def findings_of(gates: tuple[Gate, ...], facts: Facts) -> list[Finding]:
    """All findings of these gates, in the table's order."""
    return [finding for gate in gates for finding in gate(facts)]
