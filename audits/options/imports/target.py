"""What the columns of a table of options may mean."""

from __future__ import annotations

from dataclasses import replace

from audits.enterprises.imports.shared import (
    CURRENCY,
    REFERENCES,
    YEAR,
)
from audits.options.rules import ASPECT_LABELS, OPTION_STATUS_LABELS
from cpaudit.imports.mapping import Field, Kind, Negative, Target
from cpaudit.imports.problems import Sentence, say
from cpaudit.rulebook.findings import _


def money(key: str, label: str, *synonyms: str, negative: Negative = Negative.REFUSE, help: str = "") -> Field:
    """A field for an amount of money, in the row's currency."""
    return Field(key, label, Kind.DECIMAL, digits=18, places=2, negative=negative, synonyms=synonyms, help=help)


TEXTS = ("title", "description", "aspect", "responsible", "screening_reason", "abandoned_reason", "currency")


PLAIN = (
    *TEXTS,
    *("planned_investment", "planned_benefit", "actual_investment", "actual_benefit", "due_on", "implemented_on"),
)


RESULTS = ("actual_investment", "actual_benefit", "implemented_on")


WRITTEN = (*PLAIN, "status", "cost_class", "progress", "source_ref")


OPTIONS = Target(
    key="options",
    label=_("Options"),
    key_fields=("code", "source_ref", "audit"),
    help=_(
        "One row is one option. Name its audit by number; or name the enterprise and the year of a past audit, "
        "and the audit is recorded along with its options."
    ),
    fields=(
        Field(
            "audit",
            _("Audit number"),
            Kind.CODE,
            max_length=24,
            synonyms=("审核编号", "审核号", "audit", "audit no"),
            help=_("For options of an audit in this system."),
        ),
        *REFERENCES,
        replace(YEAR, required=False, label=_("Year of the past audit")),
        Field(
            "code",
            _("Option code"),
            Kind.CODE,
            required=True,
            max_length=20,
            synonyms=("方案编号", "编号", "序号", "option no", "ar number", "number"),
        ),
        Field("title", _("Title"), max_length=200, required=True, synonyms=("方案名称", "名称", "option", "name")),
        Field("description", _("Description"), max_length=10_000, synonyms=("方案内容", "方案简介", "内容", "描述")),
        Field(
            "aspect",
            _("Main aspect"),
            Kind.CHOICE,
            choices=tuple((str(value), label) for value, label in ASPECT_LABELS.items()),
            synonyms=("方案类型", "八个方面", "类别"),
        ),
        Field(
            "status",
            _("Status"),
            Kind.CHOICE,
            choices=tuple((str(value), label) for value, label in OPTION_STATUS_LABELS.items()),
            synonyms=("状态", "实施情况", "实施状态", "implementation status", "impstatus"),
            help=_("“Proposed” if not given. Options of an audit in work can only be proposed."),
        ),
        Field(
            "screening_reason",
            _("Reason of the screening"),
            max_length=2_000,
            synonyms=("筛选理由", "不可行原因"),
            help=_("Kept for options that are screened out."),
        ),
        Field(
            "abandoned_reason",
            _("Reason of abandoning"),
            max_length=2_000,
            synonyms=("放弃原因", "未实施原因"),
            help=_("Kept for options that are abandoned."),
        ),
        CURRENCY,
        money(
            "planned_investment",
            _("Planned investment"),
            *("计划投资", "投资", "投资额", "investment", "cost", "implementation cost", "impcost"),
        ),
        money(
            "planned_benefit",
            _("Planned yearly benefit"),
            *("预计效益", "经济效益", "年效益", "benefit", "annual saving", "savings", "psaved"),
            negative=Negative.WARN,
        ),
        money("actual_investment", _("Actual investment"), "实际投资", "actual cost"),
        money(
            "actual_benefit",
            _("Actual yearly benefit"),
            *("实际效益", "实际经济效益", "actual saving"),
            negative=Negative.WARN,
        ),
        Field("responsible", _("Responsible"), max_length=120, synonyms=("责任人", "负责人")),
        Field("due_on", _("Due on"), Kind.DATE, synonyms=("完成期限", "计划完成时间", "due date", "deadline")),
        Field("implemented_on", _("Implemented on"), Kind.DATE, synonyms=("完成时间", "implementation date")),
        Field(
            "option_ref",
            _("Reference of the option in the source"),
            Kind.CODE,
            max_length=60,
            synonyms=("superid", "方案来源编号"),
        ),
        Field("metric", _("Expected effect: metric"), Kind.REFERENCE, synonyms=("指标", "节约项目", "resource")),
        Field(
            "effect",
            _("Expected effect: amount a year"),
            Kind.DECIMAL,
            unit_field="unit",
            metric_field="metric",
            negative=Negative.WARN,
            synonyms=("节约量", "削减量", "环境效益", "effect", "amount conserved", "pconserved"),
            help=_("What is saved or cut in a year; below zero if the option uses more."),
        ),
        Field("unit", _("Expected effect: unit"), Kind.REFERENCE, synonyms=("单位", "计量单位", "units")),
        money(
            "low_max",
            _("Past audit: low cost up to"),
            help=_("Limits of the cost classes, in the currency of the rows. The system's own if not given."),
        ),
        money("medium_max", _("Past audit: medium cost up to")),
    ),
)


SENTENCES: dict[str, Sentence] = {
    "no_audit": say(
        _("Neither an audit number nor an enterprise with a year tells to which audit this option belongs."),
        _("Fill one of them."),
    ),
    "unknown_audit": say(_("There is no such audit for you."), _("Correct the number.")),
    "audit_closed": say(
        _("Options cannot be added to this audit: %(reason)s"),
        _("Add them while the audit is in work; the results of an audit are recorded on its pages."),
    ),
    "not_recorded_by_you": say(
        _("Past audits are recorded by the authority."), _("Name an audit of yours by its number.")
    ),
    "status_in_work": say(
        _("An option of an audit in work can only be “proposed”; it is screened and approved in the audit."),
        _("Leave the status out, or map it to “proposed”."),
    ),
    "result_in_work": say(
        _("What an option really cost and brought is recorded in the audit, after its approval."),
        _("Leave this column out for options of an audit in work."),
    ),
    "option_code": say(
        _("An option's code has at most 20 letters, digits, dots, dashes or underscores."), _("Correct the code.")
    ),
    "reason_missing": say(
        _("An option that is screened out or abandoned needs a reason."),
        _("Map a column with the reasons, or enter one reason for all rows."),
    ),
    "changed_since": say(
        _("This option has gone on since: it is “%(status)s” and no longer changed by an import."),
        _("Correct it on its page, or choose “skip” for existing records."),
    ),
}
