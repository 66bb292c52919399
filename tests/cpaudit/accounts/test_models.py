"""Bodies, postings, and the promises the database keeps."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from cpaudit.accounts.models import Body, Posting
from cpaudit.accounts.roles import BODY_KIND_TEXTS, PERMISSION_TEXTS, ROLES, STAFFS, BodyKind, Permission, roles_for
from cpaudit.reference.models import Region, Sector
from tests.factories.people import (
    make_assessor,
    make_authority,
    make_centre,
    make_consultancy,
    make_enterprise,
    make_posting,
    make_user,
)

DAY = dt.date(2026, 11, 21)


def test_every_permission_and_kind_has_words_and_every_role_a_body():
    assert set(PERMISSION_TEXTS) == set(Permission)
    assert set(BODY_KIND_TEXTS) == set(STAFFS) == set(BodyKind)
    assert all(role.bodies and role.permissions for role in ROLES.values())


def test_every_kind_of_body_can_invite():
    for kind in BodyKind:
        assert any(Permission.INVITE in role.permissions for role in roles_for(kind))


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
class TestPostings:
    @pytest.mark.parametrize(
        ("valid_from", "valid_to", "active"),
        [
            (DAY, None, True),
            (DAY, DAY, True),
            (DAY - dt.timedelta(days=1), DAY - dt.timedelta(days=1), False),
            (DAY + dt.timedelta(days=1), None, False),
        ],
    )
    def test_posting_holds_from_its_first_to_its_last_day(self, valid_from, valid_to, active):
        make_posting(make_user(), make_authority(), valid_from=valid_from, valid_to=valid_to)

        assert Posting.objects.active(on=DAY).exists() == active

    def test_nobody_has_one_posting_twice(self):
        user, body = make_user(), make_authority()
        make_posting(user, body)

        with pytest.raises(IntegrityError), transaction.atomic():
            make_posting(user, body)

    def test_posting_does_not_end_before_it_begins(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_posting(make_user(), make_authority(), valid_from=DAY, valid_to=DAY - dt.timedelta(days=1))

    def test_ended_posting_has_a_last_day(self):
        posting = make_posting(make_user(), make_authority())

        with pytest.raises(IntegrityError), transaction.atomic():
            Posting.objects.filter(pk=posting.pk).update(ended_at=dt.datetime(2026, 11, 21, tzinfo=dt.UTC))

    def test_only_authorities_are_environmental_or_industrial(self):
        enterprise = make_enterprise().body

        with pytest.raises(IntegrityError), transaction.atomic():
            Body.objects.filter(pk=enterprise.pk).update(authority_kind="environmental")

    def test_person_without_a_posting_may_nothing(self):
        user = make_user()

        assert not any(user.may(permission) for permission in Permission)
        assert not Body.objects.visible_to(user).exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
class TestJurisdiction:
    @pytest.fixture
    def bodies(self) -> dict[str, Body]:
        """One of each kind in Benxi and one enterprise and consultancy elsewhere."""
        return {
            "authority": make_authority(region_code="210500"),
            "centre": make_centre(),
            "consulting": make_consultancy(region_code="210500").body,
            "assessment": make_assessor(region_code="210500").body,
            "enterprise": make_enterprise(region_code="210500", sector_code="C31").body,
            "paper mill": make_enterprise(region_code="210500", sector_code="C22").body,
            "elsewhere": make_enterprise(region_code="210200").body,
            "consulting elsewhere": make_consultancy(region_code="110000").body,
        }

    def seen(self, user, bodies) -> set[str]:
        visible = set(Body.objects.visible_to(user))
        return {name for name, body in bodies.items() if body in visible}

    def test_each_kind_sees_its_own_and_those_it_helps_to_staff(self, bodies):
        here = {"consulting", "enterprise", "paper mill"}
        for name, seen in {
            "authority": {"authority"} | here,
            "centre": {"centre", "authority", "assessment"},
            "consulting": {"consulting"},
            "assessment": {"assessment"},
            "enterprise": {"enterprise"},
        }.items():
            role = "registrar" if name == "centre" else ""
            assert self.seen(make_user(bodies[name], role), bodies) == seen

    def test_province_sees_its_prefectures_and_the_nation_everything_of_those_kinds(self, bodies):
        here = {"consulting", "enterprise", "paper mill"}

        assert self.seen(make_user(make_authority(region_code="210000")), bodies) == here | {"elsewhere"}
        everywhere = here | {"elsewhere", "consulting elsewhere"}
        assert self.seen(make_user(make_authority(region_code="100000")), bodies) == everywhere

    def test_industry_department_sees_its_industries_only(self, bodies):
        department = make_authority(region_code="210500", industry_sectors=["C22"])

        assert self.seen(make_user(department), bodies) == {"paper mill", "consulting"}

    def test_without_the_permission_to_invite_only_ones_own(self, bodies):
        assert self.seen(make_user(bodies["authority"], "statistician"), bodies) == {"authority"}

    def test_authorities_over_a_place_are_those_above_it_and_its_industrys(self, bodies):
        province = make_authority(region_code="210000")
        paper = make_authority(region_code="210500", industry_sectors=["C22"])
        steel = make_authority(region_code="210500", industry_sectors=["C31"])
        make_authority(region_code="210200")

        over = Body.objects.authorities_over(Region.objects.get(code="210500"), Sector.objects.get(code="C31"))

        assert set(over) == {bodies["authority"], province, steel}
        assert paper not in over
