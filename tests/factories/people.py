"""Bodies and people for tests. Regions and sectors come from the reference data (the fixture `reference`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import count
from typing import Any

from audits.enterprises.models import Enterprise
from consultancies.organisations.models import Organisation
from cpaudit.accounts.models import AuthorityKind, Body, Posting, User
from cpaudit.accounts.roles import BodyKind, roles_for
from cpaudit.reference.models import Region, Sector

PASSWORD = "a long password for tests"
SINCE = dt.date(1998, 4, 13)
"""From when postings hold and organisations operate, unless a test says otherwise: before any audit of a test."""

CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_serial = count(1)


def region(code: str) -> Region:
    return Region.objects.get(code=code)


def sector(code: str, edition: str = "2017") -> Sector:
    return Sector.objects.get(code=code, edition=edition)


def make_body(
    kind: BodyKind,
    *,
    region_code: str = "210500",
    name_en: str = "",
    name_zh: str = "",
    authority_kind: str = "",
    industry_sectors: Iterable[str] = (),
) -> Body:
    """A body with its own name in both languages; `industry_sectors` are codes such as ``C31``."""
    number = next(_serial)
    body = Body.objects.create(
        kind=kind,
        authority_kind=authority_kind,
        name_en=name_en or f"{kind.value.capitalize()} {number}",
        name_zh=name_zh or f"单位{number}",
        region=region(region_code),
    )
    body.sectors.set([sector(code) for code in industry_sectors])
    return body


def make_authority(*, region_code: str = "210500", industry_sectors: Iterable[str] = (), **names: str) -> Body:
    """An environmental authority over a region's subtree; with sectors, the industry department for them there."""
    industries = list(industry_sectors)
    kind = AuthorityKind.INDUSTRY if industries else AuthorityKind.ENVIRONMENTAL
    return make_body(
        BodyKind.AUTHORITY, region_code=region_code, authority_kind=kind, industry_sectors=industries, **names
    )


def make_centre(**names: str) -> Body:
    return make_body(BodyKind.CENTRE, region_code="100000", **names)


def make_consultancy(
    *,
    region_code: str = "210500",
    affirmed_on: dt.date | None = SINCE,
    ended_on: dt.date | None = None,
    **names: str,
) -> Organisation:
    """A consulting organisation, operating unless told otherwise; its body is `.body`."""
    body = make_body(BodyKind.CONSULTING, region_code=region_code, **names)
    return Organisation.objects.create(
        body=body, registration_no=f"REG-{body.pk:06}", affirmed_on=affirmed_on, ended_on=ended_on
    )


def make_assessor(*, region_code: str = "210500", affirmed_on: dt.date | None = SINCE, **names: str) -> Organisation:
    """An assessment organisation; its body is `.body`."""
    body = make_body(BodyKind.ASSESSMENT, region_code=region_code, **names)
    return Organisation.objects.create(body=body, registration_no=f"REG-{body.pk:06}", affirmed_on=affirmed_on)


def make_enterprise(
    *,
    region_code: str = "210500",
    sector_code: str = "C31",
    name_en: str = "",
    name_zh: str = "",
    **fields: Any,
) -> Enterprise:
    """An enterprise with a valid credit code; its body is `.body`."""
    body = make_body(BodyKind.ENTERPRISE, region_code=region_code, name_en=name_en, name_zh=name_zh)
    fields.setdefault("credit_code", credit_code(body.pk, region_code))
    return Enterprise.objects.create(body=body, sector=sector(sector_code), **fields)


def make_user(
    body: Body | Organisation | Enterprise | None = None,
    role: str = "",
    *,
    name_en: str = "",
    name_zh: str = "",
    email: str = "",
    password: str | None = None,
    language: str = "en",
) -> User:
    """A person posted at `body`, acting in that posting. Without a role: the first one such a body can give.

    Without a body he has no posting. Without a password he cannot sign in by the form (`client.force_login` works).
    """
    number = next(_serial)
    user = User.objects.create_user(
        email or f"person{number}@example.org",
        password,
        name_en=name_en or f"Person {number}",
        name_zh=name_zh or f"人员{number}",
        language=language,
    )
    if body is None:
        return user
    return user.acting_as(make_posting(user, body, role))


def make_posting(
    user: User,
    body: Body | Organisation | Enterprise,
    role: str = "",
    *,
    valid_from: dt.date = SINCE,
    valid_to: dt.date | None = None,
) -> Posting:
    """One more posting of a person."""
    at = body if isinstance(body, Body) else body.body
    return Posting.objects.create(
        user=user, body=at, role=role or roles_for(at.kind)[0].key, valid_from=valid_from, valid_to=valid_to
    )


def credit_code(serial: int, region_code: str = "210500") -> str:
    """A unified social credit code with its check character (GB 32100-2015): 31 minus the weighted sum mod 31."""
    body = f"91{region_code}{serial:08}X"  # 91: enterprise registered with the market regulator
    total = sum(CODE_CHARACTERS.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + CODE_CHARACTERS[-total % 31]
