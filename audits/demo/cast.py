"""Who plays in the demo: bodies, people, registrations. All persons and firms are invented; places are real."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from auditors.people.services import enter_auditor
from auditors.registration.services import enter_registration
from audits.enterprises.models import Enterprise
from audits.enterprises.rules import check_character
from audits.enterprises.services import create_enterprise
from consultancies.organisations.services import enter_organisation
from cpaudit.accounts.models import Body, User
from cpaudit.accounts.roles import BodyKind
from cpaudit.members.services import accept_invitation, enter_body, invite, join
from cpaudit.reference.models import Region, Sector

PASSWORD = "clean-production"  # noqa: S105  (printed for everybody who tries the system out)
DOMAIN = "demo.example"


@dataclass(frozen=True, slots=True)
class Account:
    """A person to sign in as."""

    key: str
    role: str
    name_zh: str
    name_en: str
    does: str

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


ACCOUNTS = (
    Account("regulator", "regulator", "赵敏", "Zhao Min", "Benxi authority: lists, examines, decides"),
    Account("enterprise", "enterprise_manager", "孙立", "Sun Li", "enterprise: engages, carries out options"),
    Account("consultant", "consultancy_manager", "周海", "Zhou Hai", "consultancy: leads the team, files the report"),
    Account("auditor", "consultant", "吴芳", "Wu Fang", "second auditor of the team: works, signs"),
    Account("province", "regulator", "钱学", "Qian Xue", "Liaoning authority: sees the whole province"),
    Account("national", "regulator", "何川", "He Chuan", "national ministry: sees everything, imports files"),
    Account("industry", "regulator", "郑钢", "Zheng Gang", "metallurgy department of Liaoning: sees its industry"),
    Account("statistics", "statistician", "王数", "Wang Shu", "Liaoning authority: statistics only"),
    Account("centre", "registrar", "冯静", "Feng Jing", "national centre: keeps the register of auditors"),
)


@dataclass
class Cast:
    """The bodies and the people, by the keys of `ACCOUNTS`."""

    people: dict[str, User]
    enterprises: list[Enterprise]
    consultancy: Body
    authority: Body

    def manager_of(self, enterprise: Enterprise) -> User:
        """The one manager of all demo enterprises, acting for this one: he shows what several postings are."""
        user = self.people["enterprise"]
        return user.acting_as(user.postings.select_related("body__region").get(body=enterprise.body))

    def __getitem__(self, key: str) -> User:
        return self.people[key]


ENTERPRISES = (
    # credit code (invented; its check character is worked out), names, sector, products
    ("91210500DEM000001", "本溪太子河轧钢有限公司", "Benxi Taizihe Rolling Mill Co., Ltd.", "C31", "Hot-rolled bars"),
    ("91210500DEM000002", "本溪桓仁棒材有限公司", "Benxi Huanren Bar Mill Co., Ltd.", "C31", "Hot-rolled bars"),
    ("91210500DEM000003", "本溪明山电镀有限公司", "Benxi Mingshan Electroplating Co., Ltd.", "C33", "Plated fasteners"),
    ("91210500DEM000004", "本溪平山造纸有限公司", "Benxi Pingshan Paper Co., Ltd.", "C22", "Packaging paper"),
    (
        "91210500DEM000005",
        "本溪南芬建材有限公司",
        "Benxi Nanfen Building Materials Co., Ltd.",
        "C30",
        "Cement products",
    ),
)


def gather(*, at: dt.datetime) -> Cast:
    """Enter everybody, as the operator does on the first day of an installation."""
    nation, liaoning, benxi = (Region.objects.get(code=code) for code in ("100000", "210000", "210500"))
    authority = _authority("本溪市生态环境局", "Benxi Ecology and Environment Bureau", benxi, at)
    province = _authority("辽宁省生态环境厅", "Liaoning Department of Ecology and Environment", liaoning, at)
    ministry = _authority("生态环境部", "Ministry of Ecology and Environment", nation, at)
    metallurgy = list(Sector.objects.filter(code__in=["C31", "C32"]))
    industry = _authority(
        "辽宁省工业和信息化厅冶金处", "Liaoning Industry Department, Metallurgy", liaoning, at, metallurgy
    )
    centre = enter_body(
        kind=BodyKind.CENTRE, name_zh="国家清洁生产中心", name_en="National Cleaner Production Centre", region=nation,
        by=None, at=at,
    )  # fmt: skip
    consultancy = enter_organisation(
        kind="consulting", name_zh="沈阳清源清洁生产咨询有限公司", name_en="Shenyang Qingyuan CP Consulting Co., Ltd.",
        region=Region.objects.get(code="210100"), registration_no="DEMO-C-001",
        affirmed_on=(at - dt.timedelta(days=400)).date(), by=None, at=at,
    ).body  # fmt: skip
    enterprises = [_enterprise(row, benxi, at) for row in ENTERPRISES]
    bodies = {
        "regulator": authority, "enterprise": enterprises[0].body, "consultant": consultancy, "auditor": consultancy,
        "province": province, "statistics": province, "national": ministry, "industry": industry, "centre": centre,
    }  # fmt: skip
    people = {account.key: _person(account, bodies[account.key], at) for account in ACCOUNTS}
    for enterprise in enterprises[1:]:
        _posting_more(people["enterprise"], enterprise.body, at)
    for key, level, number in (("consultant", "principal", "DEMO-P-0101"), ("auditor", "auditor", "DEMO-A-0207")):
        person = people[key]
        auditor = enter_auditor(
            name_zh=person.name_zh, name_en=person.name_en, employer=consultancy, email=person.email, by=None, at=at
        )
        enter_registration(
            auditor=auditor, level=level, certificate_no=number, approved_on=(at - dt.timedelta(days=390)).date(),
            by=None, at=at,
        )  # fmt: skip
    return Cast(people, enterprises, consultancy, authority)


def _authority(
    name_zh: str, name_en: str, region: Region, at: dt.datetime, sectors: list[Sector] | None = None
) -> Body:
    return enter_body(
        kind=BodyKind.AUTHORITY, name_zh=name_zh, name_en=name_en, region=region, sectors=sectors or (), by=None, at=at
    )


def _enterprise(row: tuple[str, str, str, str, str], region: Region, at: dt.datetime) -> Enterprise:
    code, name_zh, name_en, sector, products = row
    return create_enterprise(
        name_zh=name_zh, name_en=name_en, region=region, sector=Sector.objects.get(code=sector, edition="2017"),
        credit_code=code + check_character(code), products=products, ownership="private", size="medium", by=None, at=at,
    )  # fmt: skip


def _posting_more(user: User, body: Body, at: dt.datetime) -> None:
    invitation = invite(body=body, email=user.email, role="enterprise_manager", by=None, at=at)
    accept_invitation(invitation=invitation, by=user, at=at)


def _person(account: Account, body: Body, at: dt.datetime) -> User:
    invitation = invite(
        body=body, email=account.email, role=account.role, name_zh=account.name_zh, name_en=account.name_en,
        by=None, at=at,
    )  # fmt: skip
    user = join(
        invitation=invitation, password=PASSWORD, name_zh=account.name_zh, name_en=account.name_en, language="en",
        by=None, at=at,
    )  # fmt: skip
    return user.acting_as(user.postings.select_related("body__region").get())
