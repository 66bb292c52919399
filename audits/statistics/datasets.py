"""What can be asked: datasets with their dimensions and measures, as data. Pure.

`docs/statistics.md` says the same at length; a test holds the two together. Labels and definitions are English msgids,
or ``{"msgid", "params"}`` where a name goes in; `cpaudit.web.words.in_language` puts both into the reader's language.

A measure is reckoned from *parts*: sums over base rows which may be added up further. A rate is therefore always
reckoned from sums, never averaged from rates and never summed from rounded rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from audits.options.rules import ASPECT_LABELS, COST_CLASS_LABELS, OPTION_STATUS_LABELS, OptionStatus
from audits.workflow.rules.transitions import STATUS_LABELS, Status
from cpaudit.rulebook.findings import _

Words = str | Mapping[str, Any]
"""An English msgid, or one with named places and what goes there."""

CURRENCIES = ("CNY", "USD", "EUR")
"""Each has measures of its own: amounts of different currencies are neither added nor converted."""
NOT_STATED = "none"
"""How a filter names what has no value in a dimension."""


class Values(StrEnum):
    """Where the values of a dimension come from."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    SECTOR = "sector"
    YEAR = "year"
    FIXED = "fixed"


class Kind(StrEnum):
    """How a measure is reckoned from its parts."""

    COUNT = "count"  # one part, a number of rows; nothing counted is 0
    DISTINCT = "distinct"  # one part, not additive; nothing counted is 0
    AMOUNT = "amount"  # one part, an exact Decimal; nothing recorded is None
    PERCENT = "percent"  # first part / second part
    RATIO = "ratio"  # first part / second part, written as "1 : x"
    YEARS = "years"  # first part / second part
    DAYS = "days"  # sum of days / number


AGGREGATIONS: dict[Kind, str] = {
    Kind.COUNT: _("count"),
    Kind.DISTINCT: _("count of different ones"),
    Kind.AMOUNT: _("sum"),
    Kind.PERCENT: _("quotient of two counts"),
    Kind.RATIO: _("quotient of two sums"),
    Kind.YEARS: _("quotient of two sums"),
    Kind.DAYS: _("mean"),
}


class Origin(StrEnum):
    AUDIT = "audit"
    RECORDED = "recorded"
    REPORTED_PROGRAMME = "reported_programme"


ORIGIN_LABELS: dict[Origin, str] = {
    Origin.AUDIT: _("Audits run in this system"),
    Origin.RECORDED: _("Recorded past audits"),
    Origin.REPORTED_PROGRAMME: _("Reported programmes"),
}


class CostGroup(StrEnum):
    NO_LOW = "no_low"
    MEDIUM_HIGH = "medium_high"


COST_GROUP_LABELS: dict[CostGroup, str] = {
    CostGroup.NO_LOW: _("No and low cost"),
    CostGroup.MEDIUM_HIGH: _("Medium and high cost"),
}
MACRO_REGION_LABELS: dict[str, str] = {
    "1": _("North"),
    "2": _("Northeast"),
    "3": _("East"),
    "4": _("Center South"),
    "5": _("Southwest"),
    "6": _("Northwest"),
}
KIND_LABELS = {"compulsory": _("Compulsory"), "voluntary": _("Voluntary")}


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to divide or filter. `choices` (value → label) where `values` is FIXED."""

    key: str
    label: str
    definition: str
    values: Values = Values.FIXED
    choices: Mapping[str, str] = field(default_factory=dict)
    public: bool = True


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of figures. `unit` is "1" for plain numbers; `parts` name the sums it is reckoned from."""

    key: str
    unit: str
    label: Words
    definition: Words
    kind: Kind
    parts: tuple[str, ...]
    public: bool = True
    usual: bool = False
    """Is it among the few the page begins with?"""


@dataclass(frozen=True, slots=True)
class Dataset:
    key: str
    label: str
    definition: str
    dimensions: Mapping[str, Dimension]
    measures: Mapping[str, Measure]

    def for_public(self) -> Dataset:
        """The same without what only those who have a jurisdiction may ask for."""
        return replace(
            self,
            dimensions={key: each for key, each in self.dimensions.items() if each.public},
            measures={key: each for key, each in self.measures.items() if each.public},
        )


@dataclass(frozen=True, slots=True)
class MetricFacts:
    """What the measures need to know of a metric: `unit` is the base unit as it is written."""

    code: str
    names: Mapping[str, str]
    unit: str
    direction: str


def datasets(metrics: Iterable[MetricFacts]) -> dict[str, Dataset]:
    """Every dataset there is. `metrics`: those that may be summed over options."""
    return {each.key: each for each in (_options(metrics), _audits())}


def _labelled(labels: Mapping[Any, str]) -> dict[str, str]:
    return {str(value): label for value, label in labels.items()}


def _by_key(*things: Any) -> dict[str, Any]:
    return {thing.key: thing for thing in things}


# --- Dimensions -----------------------------------------------------------------------------------------------------
_PLACES = (
    Dimension(
        "macro_region", _("Macro-region"), _("One of the six parts of the mainland the enterprise lies in."),
        choices=MACRO_REGION_LABELS,
    ),
    Dimension(
        "province", _("Province"), _("The province the enterprise lies in, as the two first digits of GB/T 2260."),
        Values.PROVINCE,
    ),
    Dimension(
        "prefecture", _("Prefecture"),
        _("What lies directly below the province: a prefecture, or a county or district the province runs itself."),
        Values.PREFECTURE, public=False,
    ),
    Dimension("sector", _("Industry"), _("The division of GB/T 4754 the enterprise belongs to."), Values.SECTOR),
)  # fmt: skip
_KIND = Dimension("kind", _("Kind of audit"), _("Compulsory (from a list) or voluntary."), choices=KIND_LABELS)
_AUDIT_ORIGINS = {key: label for key, label in ORIGIN_LABELS.items() if key is not Origin.REPORTED_PROGRAMME}


# --- Options --------------------------------------------------------------------------------------------------------
def _options(metrics: Iterable[MetricFacts]) -> Dataset:
    dimensions = _by_key(
        *_PLACES,
        Dimension(
            "year", _("Year"),
            _("The year of the audit the option belongs to; of a reported programme, its last year."), Values.YEAR,
        ),
        Dimension(
            "cost_class", _("Cost class"), _("No, low, medium or high cost, by the limits of its audit."),
            choices=_labelled(COST_CLASS_LABELS),
        ),
        Dimension(
            "cost_group", _("Cost group"), _("The four cost classes in two groups, as programmes report them."),
            choices=_labelled(COST_GROUP_LABELS),
        ),
        Dimension(
            "aspect", _("Aspect"), _("Which of the eight aspects of production the option mainly belongs to."),
            choices=_labelled(ASPECT_LABELS),
        ),
        Dimension(
            "status", _("Status of the option"), _("Where the option stands now."),
            choices=_labelled(OPTION_STATUS_LABELS),
        ),
        _KIND,
        Dimension(
            "origin", _("Origin"), _("Whether the figure comes from audits, recorded past audits, or was reported."),
            choices=_labelled(ORIGIN_LABELS),
        ),
    )  # fmt: skip
    measures = [*_option_counts(), *(measure for code in CURRENCIES for measure in _money(code))]
    for metric in metrics:
        measures += _effects(metric)
    return Dataset(
        "options", _("Options"),
        _("Cleaner production options: how many, what they cost and brought, what they saved and cut."),
        dimensions, _by_key(*measures),
    )  # fmt: skip


def _option_counts() -> Iterable[Measure]:
    def count(key: str, label: str, definition: str, *, usual: bool = False) -> Measure:
        return Measure(key, "1", label, definition, Kind.COUNT, (key,), usual=usual)

    yield count("proposed", _("Options proposed"), _("All options ever proposed, whatever became of them."), usual=True)
    yield count("screened_out", _("Screened out"), _("Options judged not worth carrying out."))
    yield count("feasible", _("Feasible"), _("Options judged feasible that are not binding yet."))
    yield count("approved", _("Approved"), _("Options made binding by the audit's approval and not begun."))
    yield count("in_progress", _("In implementation"), _("Options being carried out."))
    yield count("implemented", _("Options implemented"), _("Options carried out."), usual=True)
    yield count("abandoned", _("Abandoned"), _("Options begun or binding and then given up."))
    yield Measure(
        "implementation_rate", "%", _("Implementation rate"),
        _("Options implemented as a share of the options proposed."),
        Kind.PERCENT, ("implemented", "proposed"), usual=True,
    )  # fmt: skip


def _money(currency: str) -> Iterable[Measure]:
    """Four sums and two quotients of one currency; yuan carries no suffix."""
    suffix = "" if currency == CURRENCIES[0] else f"_{currency.lower()}"
    named = {"currency": currency}

    def amount(key: str, label: str, definition: str, per_year: bool) -> Measure:
        return Measure(
            key + suffix, f"{currency}/a" if per_year else currency, {"msgid": label, "params": named}, definition,
            Kind.AMOUNT, (f"{key}:{currency}",), usual=currency == CURRENCIES[0] and not key.startswith("planned"),
        )  # fmt: skip

    yield amount(
        "planned_investment", _("Planned investment (%(currency)s)"),
        _("What the options were to cost; without those screened out."), per_year=False,
    )  # fmt: skip
    yield amount(
        "investment", _("Investment (%(currency)s)"),
        _("What the implemented options really cost, or what a programme reported."), per_year=False,
    )  # fmt: skip
    yield amount(
        "planned_benefit", _("Planned yearly benefit (%(currency)s)"),
        _("What the options were to bring in a year; without those screened out."), per_year=True,
    )  # fmt: skip
    yield amount(
        "benefit", _("Yearly benefit (%(currency)s)"),
        _("What the implemented options really bring in a year, or what a programme reported."), per_year=True,
    )  # fmt: skip
    sums = (f"benefit:{currency}", f"investment:{currency}")
    yield Measure(
        f"benefit_ratio{suffix}", "1", {"msgid": _("Input to benefit (%(currency)s)"), "params": named},
        _("The x of “1 : x”: benefit for each unit of investment."), Kind.RATIO, sums,
        usual=currency == CURRENCIES[0],
    )  # fmt: skip
    yield Measure(
        f"payback{suffix}", "a", {"msgid": _("Payback (%(currency)s)"), "params": named},
        _("Years in which the benefit pays the investment back."), Kind.YEARS, sums[::-1],
    )  # fmt: skip


GAINS = {"saved": _("%(metric)s saved"), "cut": _("%(metric)s cut"), "raised": _("%(metric)s gained")}
EXPECTED_GAINS = {
    "saved": _("%(metric)s saved, expected"),
    "cut": _("%(metric)s cut, expected"),
    "raised": _("%(metric)s gained, expected"),
}
USUAL_METRICS = frozenset({"cod", "wastewater", "electricity", "fresh_water"})


def _effects(metric: MetricFacts) -> Iterable[Measure]:
    named = {"metric": dict(metric.names)}
    yield Measure(
        metric.code, f"{metric.unit}/a", {"msgid": GAINS[metric.direction], "params": named},
        _("In a year, by implemented options, as measured; or what a programme reported."),
        Kind.AMOUNT, (f"effect:{metric.code}:measured",), usual=metric.code in USUAL_METRICS,
    )  # fmt: skip
    yield Measure(
        f"{metric.code}_expected", f"{metric.unit}/a", {"msgid": EXPECTED_GAINS[metric.direction], "params": named},
        _("In a year, as expected when the options were proposed; without those screened out."),
        Kind.AMOUNT, (f"effect:{metric.code}:expected",),
    )  # fmt: skip


OPTION_STATUSES_COUNTED = (
    OptionStatus.SCREENED_OUT,
    OptionStatus.FEASIBLE,
    OptionStatus.APPROVED,
    OptionStatus.IN_PROGRESS,
    OptionStatus.IMPLEMENTED,
    OptionStatus.ABANDONED,
)
"""The statuses with a count of their own; options still open to screening are only part of `proposed`."""


# --- Audits ---------------------------------------------------------------------------------------------------------
PUBLIC_STATUSES = (Status.APPROVED, Status.CLOSED, Status.RECORDED)
"""Audits whose figures anybody may see, as sums: those an authority approved, and recorded past ones."""
BEFORE_DECISION = (Status.PLANNED, Status.ENGAGED, Status.IN_PROGRESS, Status.FILED, Status.RETURNED)


def _audits() -> Dataset:
    dimensions = _by_key(
        *_PLACES,
        Dimension("year", _("Year"), _("The year the audit counts for: of the list it is on, or it was opened in."),
                  Values.YEAR),
        Dimension("status", _("Status of the audit"), _("Where the audit stands now."),
                  choices=_labelled(STATUS_LABELS)),
        _KIND,
        Dimension("origin", _("Origin"), _("Whether the audit was run in this system or recorded afterwards."),
                  choices=_labelled(_AUDIT_ORIGINS)),
    )  # fmt: skip
    return Dataset(
        "audits", _("Audits"), _("Audits: how many, how far, how long."), dimensions, _by_key(*_audit_measures())
    )


def _audit_measures() -> Iterable[Measure]:
    def count(key: str, label: str, definition: str, *, public: bool = False, usual: bool = False) -> Measure:
        return Measure(key, "1", label, definition, Kind.COUNT, (key,), public=public, usual=usual)

    yield count("listed", _("Listed"), _("Audits that a compulsory list brought about."), usual=True)
    yield count("opened", _("Opened voluntarily"), _("Audits an enterprise opened by itself."), usual=True)
    yield count("started", _("Started"), _("Audits whose work has begun, whatever became of them."))
    yield count("in_work", _("In work"), _("Audits on the way to a decision, the filed ones included."), usual=True)
    yield count("filed", _("Filed"), _("Audits whose report was filed at least once."))
    yield count(
        "approved", _("Approved"), _("Audits an authority approved, the closed ones included."), public=True, usual=True
    )
    yield count("rejected", _("Rejected"), _("Audits an authority rejected."))
    yield count("cancelled", _("Cancelled"), _("Audits cancelled before a decision."))
    yield count("closed", _("Closed"), _("Approved audits that were closed."), public=True)
    yield count(
        "recorded", _("Recorded past audits"), _("Past audits entered from elsewhere."), public=True, usual=True
    )
    yield count(
        "overdue", _("Overdue"), _("Audits whose clock has run out while somebody still has to act."), usual=True
    )
    yield Measure(
        "enterprises", "1", _("Enterprises"), _("Different enterprises these audits belong to."),
        Kind.DISTINCT, ("enterprises",), usual=True,
    )  # fmt: skip
    yield Measure(
        "approval_rate", "%", _("Approval rate"), _("Approved audits as a share of those approved or rejected."),
        Kind.PERCENT, ("approved", "decided"), public=False,
    )  # fmt: skip
    yield Measure(
        "mean_days_to_file", "d", _("Mean days to filing"),
        _("From the first day of work to the latest filing, over the audits that have both."),
        Kind.DAYS, ("filing_days", "filing_days_known"),
    )  # fmt: skip
    yield Measure(
        "mean_days_to_decide", "d", _("Mean days to decision"),
        _("From the latest filing to the approval or rejection, over the audits decided."),
        Kind.DAYS, ("decision_days", "decision_days_known"),
    )  # fmt: skip
