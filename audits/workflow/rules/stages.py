"""The seven stages as data: purpose, steps, sections to write, deliverables to tick. Pure.

Names follow the manual; the wording of the Measures of 2004 and 2016 stands beside them, as readers know either. The ten
fields in which an auditor's hours count are the seven stages and three more (Appendix 1.4).
"""

from __future__ import annotations

from dataclasses import dataclass

from cpaudit.rulebook.findings import _


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """A narrative section: chapter text of the report."""

    key: str
    title: str
    help: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class DeliverableSpec:
    """A line of the stage's checklist, with the manual's step it comes from."""

    key: str
    title: str
    step: str


@dataclass(frozen=True, slots=True)
class StageSpec:
    number: int
    name: str
    other_name: str
    purpose: str
    sections: tuple[SectionSpec, ...]
    deliverables: tuple[DeliverableSpec, ...]

    @property
    def field(self) -> str:
        return f"stage_{self.number}"

    def section(self, key: str) -> SectionSpec:
        """KeyError where the stage has no such section."""
        return {each.key: each for each in self.sections}[key]

    def deliverable(self, key: str) -> DeliverableSpec:
        """KeyError where the stage has no such deliverable."""
        return {each.key: each for each in self.deliverables}[key]


X, D = SectionSpec, DeliverableSpec
STAGES: dict[int, StageSpec] = {
    stage.number: stage
    for stage in (
        StageSpec(
            1, _("Planning and organization"), _("Audit preparation"),
            _("Win the leadership, form the team, plan the work and train the staff."),
            (
                X("commitment", _("Leadership commitment"), _("Who backs the audit, and what was promised.")),
                X("plan", _("Work plan"), _("Stages, dates, who is responsible, what each brings.")),
                X("training", _("Publicity and training"), _("What was held, when, for whom.")),
                X("obstacles", _("Obstacles and remedies"), _("What stood in the way and what was done."), required=False),
            ),
            (
                D("team_list", _("Team list"), "1.2"),
                D("work_plan", _("Work plan"), "1.3"),
                D("training_record", _("Record of the kick-off training"), "1.4"),
            ),
        ),
        StageSpec(
            2, _("Pre-assessment"), _("Pre-audit"),
            _("Survey the whole plant, judge where waste arises, choose the focus and set targets."),
            (
                X("profile", _("The enterprise"), _("Products, processes, equipment, staff.")),
                X("consumption", _("Materials, water and energy"), _("Three years of consumption and what they show.")),
                X("discharges", _("Wastes and discharges"), _("What leaves the plant, against the standards in force.")),
                X("focus", _("Audit focus"), _("What was chosen, by which recorded method, and why.")),
                X("targets", _("Cleaner production targets"), _("Indicator, baseline and year, target, by when.")),
                X("first_options", _("First no- and low-cost options"), _("What could be done at once."), required=False),
            ),
            (
                D("three_years", _("Three years of data"), "2.1"),
                D("compliance", _("Check against standards"), "2.3"),
                D("focus_chosen", _("Focus chosen by a recorded method"), "2.4"),
                D("targets_set", _("Quantified targets with a baseline"), "2.5"),
            ),
        ),
        StageSpec(
            3, _("Assessment"), _("Audit"),
            _("Measure what enters and leaves the focus, balance it, and find the causes."),
            (
                X("process", _("Process of the focus"), _("Unit operations and how they are linked.")),
                X("balance", _("Balances"), _("Inputs, outputs and their deviation; explain more than five per cent.")),
                X("causes", _("Causes"), _("Why waste arises, over the eight aspects.")),
            ),
            (
                D("flow_diagram", _("Flow diagram by unit operation"), "3.1"),
                D("measurement", _("Measured inputs and outputs"), "3.2"),
                D("balance_closed", _("Balance closed or deviation explained"), "3.3"),
                D("cause_table", _("Cause table over the eight aspects"), "3.4"),
            ),
        ),
        StageSpec(
            4, _("Option generation and screening"), _("Option generation and screening"),
            _("Collect options from everybody, screen them with reasons, write the interim report."),
            (
                X("generation", _("How options were generated"), _("Sources, suggestion box, comparisons.")),
                X("screening", _("Screening"), _("Factors, weights and the result.")),
                X("interim", _("Interim results"), _("What the first options have brought so far.")),
            ),
            (
                D("register", _("Option register"), "4.2"),
                D("ranking", _("Screening result"), "4.3"),
                D("interim_report", _("Interim report"), "4.7"),
            ),
        ),
        StageSpec(
            5, _("Feasibility analysis"), _("Determination of options"),
            _("Examine each medium- and high-cost option: technically, then environmentally, then economically."),
            (
                X("technical", _("Technical evaluation"), _("Maturity, fit, effect on the product.")),
                X("environmental", _("Environmental evaluation"), _("What is cut, and what may get worse.")),
                X("economic", _("Economic evaluation"), _("Investment, cash flow, payback, net present value.")),
                X("recommendation", _("Recommendation"), _("Which options to carry out, and why.")),
            ),
            (
                D("evaluations", _("One evaluation per medium- and high-cost option"), "5.2"),
                D("recommended", _("Recommended options"), "5.5"),
            ),
        ),
        StageSpec(
            6, _("Option implementation"), _("Implementation"),
            _("Plan and carry out, and show what was really saved."),
            (
                X("plan", _("Implementation plan"), _("Order, money, dates, who is responsible.")),
                X("results", _("Results so far"), _("Measured effects of the options already carried out.")),
                X("attainment", _("Attainment of the targets"), _("Target, baseline and achieved, side by side.")),
            ),
            (
                D("schedule", _("Schedule of implementation"), "6.1"),
                D("no_low_summary", _("Results of no- and low-cost options"), "6.2"),
            ),
        ),
        StageSpec(
            7, _("Continuing cleaner production"), _("Continuing cleaner production"),
            _("Make it last: an office, rules, money, and the plan of the next round."),
            (
                X("organisation", _("Permanent organisation"), _("Who keeps cleaner production going.")),
                X("system", _("Management system"), _("Procedures, incentives, funds.")),
                X("next_round", _("Next round"), _("What comes next, and when.")),
                X("conclusion", _("Conclusion"), _("What the audit found and brought.")),
            ),
            (
                D("office", _("Permanent cleaner production office"), "7.1"),
                D("continuing_plan", _("Continuing plan"), "7.3"),
                D("report", _("Audit report compiled"), "7.4"),
            ),
        ),
    )
}  # fmt: skip

FIELD_LABELS: dict[str, str] = {
    "preliminary_training": _("Training before the audit"),
    "stage_1": _("Stage 1"),
    "stage_2": _("Stage 2"),
    "stage_3": _("Stage 3"),
    "stage_4": _("Stage 4"),
    "midterm_assessment": _("Mid-term assessment"),
    "stage_5": _("Stage 5"),
    "stage_6": _("Stage 6"),
    "stage_7": _("Stage 7"),
    "final_assessment": _("Final assessment"),
}
