"""Can the figures of a reported programme be true? Pure.

What was reported is kept as reported and never corrected. These checks stand beside it: each says what it compared, and
a failed one (a warning, never a refusal) tells a reader which figure to doubt. A finding's param `concerns` names the
figures it is about: fields of the programme or codes of metrics, separated by blanks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal

from cpaudit.rulebook.findings import Finding, Severity, _

EXACT = Context(prec=40)
ARTICLE = _("Check of plausibility")

LARGEST_COD_MG_PER_L = Decimal(200_000)
"""Black liquor of pulp mills, about the strongest wastewater there is, has 100,000 to 150,000 mg/L."""
MG_PER_L_IN_ONE = Decimal(1_000_000)
"""As many mg/L as there is water, taking a litre for a kilogram: more cannot be dissolved in it."""
LARGEST_RATIO = Decimal(20)
"""Benefit above this many times the investment pays back in under three weeks: so do only free measures."""
LARGEST_WASTEWATER_TO_WATER = Decimal(5)
"""Water that is not let out was not taken in, or goes round; many times more than was saved is hard to explain."""
LARGEST_SHARE_SPREAD = Decimal(2)
"""How far the total reduction may lie from that of a single pollutant before the two need different bases."""
CEILINGS: dict[str, Decimal] = {
    "coal": Decimal("4E8"),
    "electricity": Decimal("5E11"),
    "wastewater": Decimal("2.2E9"),
    "cod": Decimal("2.4E6"),
    "so2": Decimal("2.1E6"),
    "nox": Decimal("2.3E6"),
}
"""A tenth of what the whole nation used or let out around 2012 (yearly, rounded, in the metric's base unit): no single
programme cuts as much in a year."""


@dataclass(frozen=True, slots=True)
class ReportedAmount:
    """One effect: the yearly amount in the metric's base unit, and the reported per cent of the discharge before."""

    names: Mapping[str, str]
    amount: Decimal
    share_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Options of one cost group; None: not reported."""

    proposed: int | None
    implemented: int | None

    @property
    def rate(self) -> Decimal | None:
        """Per cent, unrounded; None where nothing was proposed or one of the two is not known."""
        if not self.proposed or self.implemented is None:
            return None
        return EXACT.divide(Decimal(100 * self.implemented), Decimal(self.proposed))


@dataclass(frozen=True, slots=True)
class Report:
    """A programme's figures as reported, money in one currency."""

    no_low: Counts
    medium_high: Counts
    investment: Decimal | None = None
    benefit: Decimal | None = None
    total_reduction_percent: Decimal | None = None
    effects: Mapping[str, ReportedAmount] = field(default_factory=dict)

    @property
    def all_options(self) -> Counts:
        """Both groups together; a sum only of what both report."""
        return Counts(
            _both(self.no_low.proposed, self.medium_high.proposed),
            _both(self.no_low.implemented, self.medium_high.implemented),
        )

    @property
    def ratio(self) -> Decimal | None:
        """The x of "1 : x", unrounded."""
        return None if self.benefit is None or not self.investment else EXACT.divide(self.benefit, self.investment)

    @property
    def payback_years(self) -> Decimal | None:
        """Years; None where nothing comes back."""
        if self.investment is None or self.benefit is None or self.benefit <= 0:
            return None
        return EXACT.divide(self.investment, self.benefit)


def _both(first: int | None, second: int | None) -> int | None:
    known = [count for count in (first, second) if count is not None]
    return sum(known) if known else None


def baseline(effect: ReportedAmount) -> Decimal | None:
    """The yearly discharge before, from the amount cut and its per cent; None where no per cent was given."""
    return EXACT.divide(effect.amount * 100, effect.share_percent) if effect.share_percent else None


def check_report(report: Report) -> list[Finding]:
    """Every check that has its figures, passed or not."""
    return [
        *_no_more_implemented_than_proposed(report),
        *_cod_fits_into_the_water(report),
        *_wastewater_fits_the_water_saved(report),
        *_shares_are_shares(report),
        *_total_reduction_fits_its_parts(report),
        *_ratio_is_believable(report),
        *_not_a_tenth_of_the_nation(report),
        *_reductions_are_not_negative(report),
    ]


def _finding(rule: str, ok: bool, text: str, concerns: str, *, remedy: str = "", **params: object) -> Finding:
    return Finding(
        rule, ARTICLE, ok, text, Severity.INFO if ok else Severity.WARN, {"concerns": concerns, **params}, remedy
    )


def _shown(value: Decimal, places: str = "0.1") -> str:
    return f"{value.quantize(Decimal(places), rounding=ROUND_HALF_UP, context=EXACT):,f}"


def _no_more_implemented_than_proposed(report: Report) -> Iterable[Finding]:
    groups = (
        ("no_low", report.no_low, _("No- and low-cost options: %(implemented)s of %(proposed)s implemented.")),
        ("medium_high", report.medium_high,
         _("Medium- and high-cost options: %(implemented)s of %(proposed)s implemented.")),
    )  # fmt: skip
    for key, counts, text in groups:
        if counts.proposed is not None and counts.implemented is not None:
            yield _finding(
                "P-COUNT", counts.implemented <= counts.proposed, text, f"{key}_implemented {key}_proposed",
                remedy=_("More were implemented than proposed: ask which of the two numbers is meant otherwise."),
                implemented=counts.implemented, proposed=counts.proposed,
            )  # fmt: skip


def _cod_fits_into_the_water(report: Report) -> Iterable[Finding]:
    cod, water = report.effects.get("cod"), report.effects.get("wastewater")
    if cod is None or water is None or cod.amount <= 0 or water.amount <= 0:
        return
    concentration = EXACT.divide(cod.amount * MG_PER_L_IN_ONE, water.amount)
    if concentration > MG_PER_L_IN_ONE:
        text = _(
            "%(cod)s t of COD in %(water)s t of wastewater would be %(mg)s mg in each litre: "
            "more COD than water could carry."
        )
    else:
        text = _("%(cod)s t of COD in %(water)s t of wastewater are %(mg)s mg in each litre.")
    yield _finding(
        "P-WATER", concentration <= LARGEST_COD_MG_PER_L, text, "wastewater cod",
        remedy=_("Probably a unit was lost (10⁴ t?), or the two are about different waters: look at the source."),
        cod=_shown(cod.amount, "1"), water=_shown(water.amount, "1"), mg=_shown(concentration, "1"),
    )  # fmt: skip


def _wastewater_fits_the_water_saved(report: Report) -> Iterable[Finding]:
    saved, water = report.effects.get("fresh_water"), report.effects.get("wastewater")
    if saved is None or water is None or saved.amount <= 0 or water.amount <= 0:
        return
    times = EXACT.divide(water.amount, saved.amount)
    yield _finding(
        "P-BALANCE", times <= LARGEST_WASTEWATER_TO_WATER,
        _("The wastewater avoided is %(times)s times the fresh water saved."), "wastewater fresh_water",
        remedy=_("What is no longer let out must have been saved or go round: ask how both were reckoned."),
        times=_shown(times),
    )  # fmt: skip


def _shares_are_shares(report: Report) -> Iterable[Finding]:
    for code, effect in report.effects.items():
        if effect.share_percent is not None:
            yield _finding(
                "P-SHARE", 0 <= effect.share_percent <= 100,
                _("%(metric)s: a reduction by %(share)s %%."), code,
                remedy=_("A reduction lies between 0 and 100 %%."),
                metric=dict(effect.names), share=_shown(effect.share_percent),
            )  # fmt: skip


def _total_reduction_fits_its_parts(report: Report) -> Iterable[Finding]:
    total = report.total_reduction_percent
    shares = {code: effect.share_percent for code, effect in report.effects.items() if effect.share_percent}
    if total is None or not shares:
        return
    low, high = min(shares.values()), max(shares.values())
    fits = EXACT.divide(low, LARGEST_SHARE_SPREAD) <= total <= high * LARGEST_SHARE_SPREAD
    text = _("A total reduction by %(total)s %% beside single pollutants cut by %(low)s to %(high)s %%.")
    if low == high:
        text = _("A total reduction by %(total)s %% beside a single pollutant cut by %(low)s %%.")
    yield _finding(
        "P-TOTAL", fits, text,
        " ".join(["total_reduction_percent", *shares]),
        remedy=_("Both can be right only if they refer to different discharges: ask for the base of each."),
        total=_shown(total), low=_shown(low), high=_shown(high),
    )  # fmt: skip


def _ratio_is_believable(report: Report) -> Iterable[Finding]:
    ratio = report.ratio
    if ratio is not None:
        yield _finding(
            "P-RATIO", ratio <= LARGEST_RATIO, _("Each unit of money invested brought %(ratio)s a year."),
            "investment benefit",
            remedy=_("Only measures that cost almost nothing pay back in days: ask what the investment includes."),
            ratio=_shown(ratio),
        )  # fmt: skip


def _not_a_tenth_of_the_nation(report: Report) -> Iterable[Finding]:
    for code, ceiling in CEILINGS.items():
        if (effect := report.effects.get(code)) is not None:
            yield _finding(
                "P-NATION", effect.amount <= ceiling,
                _("%(metric)s: %(amount)s, beside %(ceiling)s, a tenth of the whole nation's around 2012."), code,
                remedy=_("Probably a unit or a power of ten is wrong: look at the source."),
                metric=dict(effect.names), amount=_shown(effect.amount, "1"), ceiling=_shown(ceiling, "1"),
            )  # fmt: skip


def _reductions_are_not_negative(report: Report) -> Iterable[Finding]:
    for code, effect in report.effects.items():
        if effect.amount < 0:
            yield _finding(
                "P-SIGN", False, _("%(metric)s: the reduction is below zero, so there was an increase."), code,
                remedy=_("Reductions and savings are given as positive amounts: check the sign."),
                metric=dict(effect.names),
            )  # fmt: skip
