"""Entering and correcting reported programmes."""

import datetime as dt
from decimal import Decimal

import pytest

from audits.programme.models import ReportedProgramme
from audits.programme.reported.services import GivenEffect, change_programme, enter_programme
from cpaudit.rulebook.errors import Invalid, NotAllowed, Stale
from cpaudit.trail.selectors import timeline
from tests.factories.people import make_authority, make_centre, make_enterprise, make_user, region
from tests.factories.programmes import AT, benxi_effects, benxi_fields, effect, enter_benxi, enter_report
from tests.factories.reference import metric

pytestmark = pytest.mark.django_db


@pytest.fixture
def regulator():
    return make_user(make_authority(region_code="210000"), name_en="Li Wei")


def errors_of(**fields):
    effects = fields.pop("effects", [])
    with pytest.raises(Invalid) as refused:
        enter_programme(effects=effects, by=None, at=AT, **benxi_fields() | fields)
    assert not ReportedProgramme.objects.exists()
    return refused.value.errors


def test_enter_keeps_amounts_as_given_and_in_the_base_unit(regulator):
    programme = enter_benxi(regulator)
    gas = programme.effects.get(metric__code="waste_gas")
    assert (gas.given_amount, gas.given_unit, gas.amount) == (2800, "M_Nm3", 280_000)
    assert programme.effects.get(metric__code="wastewater").amount == 2175
    assert [line.sentence for line in timeline(programme)] == ["Li Wei entered the reported programme"]


def test_enter_takes_doubtful_figures():
    programme = enter_report(no_low_proposed=3, no_low_implemented=30, effects=[effect("cod", "-5", "t", "250")])
    assert programme.effects.get().share_percent == 250


def test_units_are_understood_however_they_are_written():
    programme = enter_report(effects=[effect("wastewater", "3", "万吨")])
    given = programme.effects.get()
    assert (given.given_unit, given.amount) == ("10k_t", 30_000)


@pytest.mark.parametrize(
    ("body", "place", "allowed"),
    [
        (lambda: make_authority(region_code="210000"), "210500", True),
        (lambda: make_authority(region_code="210500"), "210000", False),
        (lambda: make_authority(region_code="210500"), "320100", False),
        (make_centre, "320100", True),
        (make_enterprise, "210500", False),
    ],
)
def test_enter_is_for_those_whose_region_it_is(body, place, allowed):
    at = body()
    by = make_user(at, "statistician" if at._meta.model_name == "body" else "")
    if allowed:
        assert enter_report(by, region_code=place).entered_by == by
    else:
        with pytest.raises(NotAllowed):
            enter_report(by, region_code=place)
        assert not ReportedProgramme.objects.exists()


def test_registrar_may_not_enter():
    with pytest.raises(NotAllowed):
        enter_report(make_user(make_centre(), "registrar"))


def test_everything_unusable_is_told_at_once():
    errors = errors_of(
        title_en=" ",
        investment=Decimal(-1),
        effects=[effect("cod", "1", "kWh"), effect("so2", "1.0000001", "t"), effect("nox", "1E25", "t")],
    )
    assert errors.keys() == {"title_en", "investment", "cod", "so2", "nox"}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"year_from": 2002}, "year_to"),
        ({"year_to": 2027}, "year_to"),
        ({"year_from": 1979}, "year_from"),
        ({"source": ""}, "source"),
        ({"no_low_proposed": -1}, "no_low_proposed"),
        ({"currency": "YUAN"}, "currency"),
    ],
)
def test_impossible_fields_are_refused(fields, name):
    assert errors_of(**fields).keys() == {name}


def test_effect_twice_and_effects_that_cannot_be_summed_are_refused():
    errors = errors_of(effects=[effect("cod", "1", "t"), effect("cod", "2", "t"), effect("water_reuse_rate", "2", "%")])
    assert errors.keys() == {"cod", "water_reuse_rate"}


def test_change_writes_what_differs_and_tells_it(regulator):
    programme = enter_benxi(regulator)
    effects = [each for each in benxi_effects() if each.metric.code != "wastewater"]
    effects.append(GivenEffect(metric("wastewater"), Decimal(2175), "10k_t"))
    changed = change_programme(
        programme=programme, version=1, effects=effects, notes="Unit found.", by=regulator, at=AT
    )
    assert (changed.version, changed.notes) == (2, "Unit found.")
    assert changed.effects.get(metric__code="wastewater").amount == 21_750_000
    assert timeline(changed)[-1].sentence == "Li Wei corrected the reported programme: notes, Wastewater"


def test_change_of_nothing_is_no_change(regulator):
    programme = enter_benxi(regulator)
    same = change_programme(
        programme=programme, version=1, effects=benxi_effects(), by=regulator, at=AT, **benxi_fields()
    )
    assert same.version == 1
    assert len(timeline(programme)) == 1


def test_change_of_an_old_version_is_stale(regulator):
    programme = enter_benxi(regulator)
    change_programme(programme=programme, version=1, enterprises=40, by=regulator, at=AT)
    with pytest.raises(Stale):
        change_programme(programme=programme, version=1, enterprises=42, by=regulator, at=AT)
    programme.refresh_from_db()
    assert programme.enterprises == 40


def test_change_cannot_take_a_programme_out_of_ones_region(regulator):
    programme = enter_benxi(regulator)
    with pytest.raises(NotAllowed):
        change_programme(programme=programme, version=1, region=region("320100"), by=regulator, at=AT)


def test_today_is_the_day_it_is_here():
    """At five in the morning of New Year's Day in China it is still last year in Greenwich."""
    new_year = dt.datetime(2026, 12, 31, 21, 0, tzinfo=dt.UTC)
    programme = enter_programme(effects=[], by=None, at=new_year, **benxi_fields() | {"year_to": 2027})
    assert programme.year_to == 2027
