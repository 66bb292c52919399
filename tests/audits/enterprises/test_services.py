"""Entering and correcting enterprises, and the figures of a year."""

import datetime as dt
from decimal import Decimal

import pytest

from audits.enterprises.models import Enterprise
from audits.enterprises.services import GivenFigure, change_enterprise, create_enterprise, record_figures
from cpaudit.accounts.models import Body
from cpaudit.notices.models import Notice
from cpaudit.reference.models import Metric
from cpaudit.rulebook.errors import Invalid, NotAllowed, Stale
from cpaudit.trail.models import Event
from cpaudit.trail.selectors import timeline
from tests.factories.people import (
    make_authority,
    make_centre,
    make_consultancy,
    make_enterprise,
    make_user,
    region,
    sector,
)

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
CODE = "91350100M000100Y43"


@pytest.fixture
def regulator(db):
    return make_user(make_authority(region_code="210500"), name_en="Li Wei")


def entered(by, **fields):
    values = {"name_zh": "本溪钢铁", "region": region("210500"), "sector": sector("C31"), "credit_code": CODE}
    return create_enterprise(by=by, at=AT, **values | fields)


def sentences(thing):
    return [line.sentence for line in timeline(thing)]


# --- Entering -------------------------------------------------------------------------------------------------------
def test_create_writes_body_enterprise_and_event(regulator):
    enterprise = entered(regulator, name_en="Benxi Steel", credit_code=" 9135 0100 m000100y43")
    enterprise.refresh_from_db()
    assert enterprise.credit_code == CODE
    assert enterprise.body.names == {"zh": "本溪钢铁", "en": "Benxi Steel"}
    assert sentences(enterprise) == ["Li Wei entered the enterprise"]


@pytest.mark.parametrize(("place", "industry"), [("210200", "C31"), ("320100", "C31")])
def test_create_outside_the_region_is_refused(regulator, place, industry):
    with pytest.raises(NotAllowed, match="outside the jurisdiction"):
        entered(regulator, region=region(place), sector=sector(industry))
    assert not Body.objects.filter(name_zh="本溪钢铁").exists()


def test_create_by_an_industry_department_is_for_its_industry_only():
    department = make_user(make_authority(region_code="210000", industry_sectors=["C22"]))
    with pytest.raises(NotAllowed):
        entered(department)
    assert entered(department, sector=sector("C22")).sector.code == "C22"


@pytest.mark.parametrize("body", [make_centre, make_consultancy, make_enterprise])
def test_create_by_others_than_authorities_is_refused(body):
    with pytest.raises(NotAllowed, match="Only an authority"):
        entered(make_user(body()))


def test_create_tells_every_unusable_field_at_once(regulator):
    with pytest.raises(Invalid) as refusal:
        entered(regulator, name_zh=" ", credit_code="123", contact_email="nobody", size="gigantic", products="x" * 301)
    assert refusal.value.errors.keys() == {"name_zh", "credit_code", "contact_email", "size", "products"}


def test_create_without_code_needs_a_reference_in_the_source(regulator):
    with pytest.raises(Invalid) as refusal:
        entered(regulator, credit_code="")
    assert refusal.value.errors.keys() == {"credit_code"}
    assert entered(regulator, credit_code="", source="IAC", source_ref="AM0001").credit_code is None


def test_second_enterprise_with_a_code_or_reference_is_refused_and_leaves_no_body(regulator):
    entered(regulator, source="IAC", source_ref="AM0001")
    bodies = Body.objects.count()
    with pytest.raises(Invalid) as by_code:
        entered(regulator)
    with pytest.raises(Invalid) as by_reference:
        entered(regulator, credit_code=None, source="IAC", source_ref="AM0001")
    assert by_code.value.errors.keys() == {"credit_code"}
    assert by_reference.value.errors.keys() == {"source_ref"}
    assert Body.objects.count() == bodies


# --- Correcting -----------------------------------------------------------------------------------------------------
def test_change_writes_what_differs_and_names_it_in_the_trail(regulator):
    enterprise = entered(regulator, address="1 Old Road")
    changed = change_enterprise(
        enterprise=enterprise, version=1, by=regulator, at=AT, name_en="Benxi Steel", address="2 New Road", size=""
    )
    enterprise = Enterprise.objects.get(pk=enterprise.pk)
    assert (changed.version, enterprise.version) == (2, 2)
    assert (enterprise.address, enterprise.body.name_en) == ("2 New Road", "Benxi Steel")
    assert sentences(enterprise)[-1] == "Li Wei corrected the enterprise: name (English), address"


def test_change_of_nothing_is_no_event(regulator):
    enterprise = entered(regulator)
    change_enterprise(enterprise=enterprise, version=1, by=regulator, at=AT, name_zh="本溪钢铁 ")
    assert len(sentences(enterprise)) == 1
    assert Enterprise.objects.get(pk=enterprise.pk).version == 1


def test_change_on_an_old_version_is_stale_and_writes_nothing(regulator):
    enterprise = entered(regulator)
    change_enterprise(enterprise=enterprise, version=1, by=regulator, at=AT, address="2 New Road")
    old = Enterprise.objects.with_names().get(pk=enterprise.pk)
    with pytest.raises(Stale):
        change_enterprise(enterprise=old, version=1, by=regulator, at=AT, name_en="Other", address="3 Late Road")
    now = Enterprise.objects.get(pk=enterprise.pk)
    assert (now.address, now.body.name_en) == ("2 New Road", "")
    assert len(sentences(enterprise)) == 2


def test_change_by_the_enterprise_reaches_contact_but_not_identity():
    enterprise = make_enterprise()
    manager = make_user(enterprise, "enterprise_manager")
    change_enterprise(enterprise=enterprise, version=1, by=manager, at=AT, contact_phone="024 123")
    with pytest.raises(NotAllowed, match="corrected by the authority"):
        change_enterprise(enterprise=enterprise, version=2, by=manager, at=AT, region=region("320100"))


def test_change_by_foreign_authorities_and_staff_is_refused():
    enterprise = make_enterprise(region_code="210500", sector_code="C31")
    for body in (make_authority(region_code="320000"), make_authority(region_code="210000", industry_sectors=["C22"])):
        with pytest.raises(NotAllowed):
            change_enterprise(enterprise=enterprise, version=1, by=make_user(body), at=AT, address="x")
    with pytest.raises(NotAllowed):
        staff = make_user(enterprise, "enterprise_staff")
        change_enterprise(enterprise=enterprise, version=1, by=staff, at=AT, address="x")


def test_an_enterprise_is_moved_only_within_the_jurisdiction_of_who_moves_it(regulator):
    enterprise = entered(regulator)
    with pytest.raises(NotAllowed, match="outside the jurisdiction"):
        change_enterprise(enterprise=enterprise, version=1, by=regulator, at=AT, region=region("210200"))
    province = make_user(make_authority(region_code="210000"))
    moved = change_enterprise(enterprise=enterprise, version=1, by=province, at=AT, region=region("210200"))
    assert moved.body.region.code == "210200"


# --- Figures --------------------------------------------------------------------------------------------------------
def figure(code, amount, unit, **more):
    return GivenFigure(Metric.objects.get(code=code), None if amount is None else Decimal(amount), unit, **more)


def recorded(enterprise, by, *figures, year=2025, **more):
    return record_figures(enterprise=enterprise, year=year, figures=figures, by=by, at=AT, **more)


def test_figures_are_converted_and_kept_as_given(regulator):
    enterprise = make_enterprise()
    recorded(
        enterprise, regulator, figure("cod", "1250", "kg", method="measured"), figure("electricity", "3.5", "10k_kWh")
    )
    cod, electricity = enterprise.figures.order_by("metric__code")
    assert (cod.amount, cod.given_amount, cod.given_unit, cod.method) == (Decimal("1.25"), 1250, "kg", "measured")
    assert (electricity.amount, electricity.given_unit) == (35_000, "10k_kWh")


def test_water_may_be_given_in_tonnes_and_money_keeps_its_currency(regulator):
    enterprise = make_enterprise()
    water, output = recorded(
        enterprise, regulator, figure("fresh_water", "7", "t"), figure("output_value", "2", "10k_money", currency="USD")
    )
    assert (water.amount, output.amount, output.currency) == (7, 20_000, "USD")


def test_figures_are_replaced_removed_and_left_alone(regulator):
    enterprise = make_enterprise()
    recorded(enterprise, regulator, figure("cod", 1, "t"), figure("so2", 2, "t"), figure("nox", 3, "t"))
    recorded(enterprise, regulator, figure("cod", 5, "t"), figure("so2", None, "t"), figure("coal", 9, "t"))
    amounts = {row.metric.code: row.amount for row in enterprise.figures.select_related("metric")}
    assert amounts == {"cod": 5, "nox": 3, "coal": 9}


def test_the_trail_names_the_metrics_and_keeps_old_and_new(regulator):
    enterprise = make_enterprise()
    recorded(enterprise, regulator, figure("so2", "12.5", "t"))
    recorded(enterprise, regulator, figure("so2", "12500", "kg"), figure("nox", None, "t"))
    assert sentences(enterprise)[-1] == "Li Wei recorded figures of 2025: Sulfur dioxide (SO2)"
    event = Event.objects.about(enterprise).last()
    assert event.facts["changes"] == {"so2": ["12.500000 t", "12500 kg"]}


def test_the_same_figures_again_are_no_event(regulator):
    enterprise = make_enterprise()
    recorded(enterprise, regulator, figure("cod", "1.50", "t"))
    assert recorded(enterprise, regulator, figure("cod", "1.5", "t")) == []
    assert len(sentences(enterprise)) == 1


def test_unusable_figures_are_all_told_and_nothing_is_written(regulator):
    enterprise = make_enterprise()
    with pytest.raises(Invalid) as refusal:
        recorded(
            enterprise,
            regulator,
            figure("cod", "-1", "t"),
            figure("so2", "1", "m3"),
            figure("nox", "0.0000001", "t"),
            figure("water_reuse_rate", "101", "%"),
            figure("coal", "1", "t", method="guessed"),
            figure("tn", "1", "t"),
            year=2027,
        )
    assert refusal.value.errors.keys() == {"year", "cod", "so2", "nox", "water_reuse_rate", "coal"}
    assert "cannot be below zero" in refusal.value.errors["cod"][0]
    assert "cannot be converted" in refusal.value.errors["so2"][0]
    assert not enterprise.figures.exists()


def test_an_amount_beyond_the_column_is_told_and_no_crash(regulator):
    with pytest.raises(Invalid):
        recorded(make_enterprise(), regulator, figure("coal", "1e25", "t"))


def test_figures_on_an_old_version_are_stale(regulator):
    enterprise = make_enterprise()
    recorded(enterprise, regulator, figure("cod", 1, "t"), version=1)
    with pytest.raises(Stale):
        recorded(enterprise, regulator, figure("cod", 2, "t"), version=1)
    assert enterprise.figures.get().amount == 1


def test_figures_by_a_foreign_authority_are_refused():
    foreign = make_user(make_authority(region_code="320000"))
    with pytest.raises(NotAllowed):
        recorded(make_enterprise(region_code="210500"), foreign, figure("cod", 1, "t"))


# --- Being told -----------------------------------------------------------------------------------------------------
def test_the_enterprise_is_told_what_others_write_about_it_and_nobody_what_he_wrote_himself(regulator):
    enterprise = make_enterprise()
    manager = make_user(enterprise, "enterprise_manager")
    make_user(enterprise, "enterprise_staff")
    change_enterprise(enterprise=enterprise, version=1, by=regulator, at=AT, address="2 New Road")
    recorded(enterprise, regulator, figure("cod", 1, "t"))
    recorded(enterprise, manager, figure("cod", 2, "t"))
    told = Notice.objects.order_by("pk").values_list("recipient", "kind")
    assert list(told) == [(manager.pk, "enterprise.changed"), (manager.pk, "figures.recorded")]
