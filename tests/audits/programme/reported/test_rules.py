"""The checks of reported figures, without a database."""

from decimal import Decimal

import pytest

from audits.programme.reported.rules import Counts, Report, ReportedAmount, baseline, check_report

NAMES = {"en": "Something", "zh": "某物"}


def amount(value, share=None):
    return ReportedAmount(NAMES, Decimal(value), Decimal(share) if share is not None else None)


def report(**fields):
    groups = {"no_low": Counts(None, None), "medium_high": Counts(None, None)}
    return Report(**groups | fields)


def failed(found):
    return {finding.rule for finding in check_report(found) if not finding.ok}


BENXI = report(
    no_low=Counts(422, 384),
    medium_high=Counts(50, 29),
    investment=Decimal("75.09E6"),
    benefit=Decimal("290E6"),
    total_reduction_percent=Decimal(10),
    effects={"cod": amount(5759, "33.3"), "wastewater": amount(2175), "solid_waste": amount(26000)},
)


def test_benxi_is_doubted_for_its_wastewater_and_its_total_reduction():
    assert failed(BENXI) == {"P-WATER", "P-TOTAL"}
    water = next(finding for finding in check_report(BENXI) if finding.rule == "P-WATER")
    assert water.params["concerns"] == "wastewater cod"
    assert (water.params["cod"], water.params["water"], water.params["mg"]) == ("5,759", "2,175", "2,647,816")
    assert not any(finding.blocks for finding in check_report(BENXI))


def test_benxi_derives_what_was_printed():
    assert f"{BENXI.no_low.rate:.1f} {BENXI.medium_high.rate:.1f}" == "91.0 58.0"
    assert BENXI.all_options.rate == Decimal("87.5")
    assert f"{BENXI.ratio:.1f} {BENXI.payback_years:.3f}" == "3.9 0.259"
    assert round(baseline(BENXI.effects["cod"])) == 17_294


def test_pulp_mills_black_liquor_is_believed():
    found = report(effects={"cod": amount(260_000), "wastewater": amount(11_380_000)})
    assert failed(found) == set()
    (check,) = [finding for finding in check_report(found) if finding.rule == "P-WATER"]
    assert check.params["mg"] == "22,847"


def test_national_figures_of_2012_are_doubted_for_wastewater_and_coal():
    effects = {
        "wastewater": amount("17.2E9"), "cod": amount(120_000), "so2": amount(190_000), "nox": amount(180_000),
        "fresh_water": amount("0.6E9"), "coal": amount("1.1E9"), "electricity": amount("5.8E9"),
    }  # fmt: skip
    doubts = [finding for finding in check_report(report(effects=effects)) if not finding.ok]
    assert [(finding.rule, finding.params["concerns"]) for finding in doubts] == [
        ("P-BALANCE", "wastewater fresh_water"),
        ("P-NATION", "coal"),
        ("P-NATION", "wastewater"),
    ]


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({"no_low": Counts(10, 10)}, set()),
        ({"no_low": Counts(10, 11)}, {"P-COUNT"}),
        ({"medium_high": Counts(0, 1)}, {"P-COUNT"}),
        ({"medium_high": Counts(None, 1)}, set()),
        ({"investment": Decimal(1), "benefit": Decimal(20)}, set()),
        ({"investment": Decimal(1), "benefit": Decimal("20.01")}, {"P-RATIO"}),
        ({"investment": Decimal(0), "benefit": Decimal(5)}, set()),
        ({"effects": {"cod": amount(2, 100)}}, set()),
        ({"effects": {"cod": amount(2, "100.1")}}, {"P-SHARE"}),
        ({"effects": {"cod": amount(-2, "-0.1")}}, {"P-SHARE", "P-SIGN"}),
        ({"effects": {"cod": amount(2), "wastewater": amount(10)}}, set()),
        ({"effects": {"cod": amount("2.00001"), "wastewater": amount(10)}}, {"P-WATER"}),
        ({"effects": {"cod": amount(2), "wastewater": amount(0)}}, set()),
        ({"effects": {"fresh_water": amount(2), "wastewater": amount(10)}}, set()),
        ({"effects": {"fresh_water": amount(2), "wastewater": amount(11)}}, {"P-BALANCE"}),
        ({"effects": {"coal": amount("4E8")}}, set()),
        ({"effects": {"coal": amount(400_000_001)}}, {"P-NATION"}),
        ({"total_reduction_percent": Decimal(20), "effects": {"cod": amount(1, 40), "so2": amount(1, 90)}}, set()),
        ({"total_reduction_percent": Decimal(19), "effects": {"cod": amount(1, 40)}}, {"P-TOTAL"}),
        ({"total_reduction_percent": Decimal(81), "effects": {"cod": amount(1, 40)}}, {"P-TOTAL"}),
        ({"total_reduction_percent": Decimal(19)}, set()),
        ({}, set()),
    ],
)
def test_limits_are_inclusive(fields, rules):
    assert failed(report(**fields)) == rules


def test_quotients_without_a_base_have_no_value():
    empty = report(no_low=Counts(0, 0), benefit=Decimal(3))
    assert empty.no_low.rate is None
    assert empty.all_options.rate is None
    assert empty.ratio is None
    assert report(investment=Decimal(3), benefit=Decimal(0)).payback_years is None
    assert report(investment=Decimal(0), benefit=Decimal(1)).payback_years == 0
    assert baseline(amount(5)) is None
