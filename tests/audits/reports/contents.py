# ruff: noqa: E501  a Chinese character counts as two
"""Contents of reports made by hand: a rich one, a huge one, an empty one. The shape is that of `freeze.content_of`."""

from __future__ import annotations

import copy
from typing import Any

from audits.workflow.rules.stages import STAGES

LONG_ZH = "本溪满族自治县北台钢铁（集团）有限责任公司第二炼铁厂烧结及余热综合利用循环经济示范分公司"
LONG_EN = (
    "Benxi Manchu Autonomous County Beitai Iron and Steel (Group) Limited Liability Company, Second Iron Works, "
    "Sintering and Waste-Heat Recovery Demonstration Branch"
)
METRICS = {
    "output_value": ("产值", "Output value", "yuan", "economy", "raised", 1),
    "electricity": ("电", "Electricity", "kWh", "resources", "saved", 10),
    "water": ("新鲜水", "Fresh water", "m3", "water", "saved", 20),
    "wastewater": ("废水", "Wastewater", "t", "water", "cut", 30),
    "cod": ("化学需氧量", "COD", "t", "water", "cut", 31),
    "so2": ("二氧化硫", "Sulfur dioxide", "t", "air", "cut", 40),
    "solid_waste": ("固体废物", "Solid waste", "t", "solid", "cut", 50),
}
TEXT_EN = (
    "The plant sinters and smelts in two lines. The survey of the three years before the audit covered all workshops, "
    "auxiliary facilities and the treatment of wastewater; the readings of the meters were compared with the invoices.\n\n"
    "Water is taken from the Taizi River and from the municipal network. Circulating water is lost mainly at the cooling "
    "towers, where the blow-down is not metered. The team proposes to meter it first and to decide on reuse afterwards."
)
TEXT_ZH = (
    "企业现有两条烧结和冶炼生产线。审核小组对审核前三年的全部车间、辅助设施及废水处理情况进行了现状调研，"
    "并将计量仪表读数与结算单据逐一核对。\n\n"
    "生产用水取自太子河和市政管网。循环水损失主要发生在冷却塔，排污水未计量。审核小组建议先安装计量装置，再确定回用方案。"
)


def metric(code: str) -> dict[str, Any]:
    zh, en, unit, group, direction, position = METRICS[code]
    return {
        "code": code,
        "names": {"zh": zh, "en": en},
        "unit": unit,
        "group": group,
        "direction": direction,
        "position": position,
    }


def effect(code: str, kind: str, amount: str) -> dict[str, Any]:
    given = {"given_amount": amount, "given_unit": METRICS[code][2], "method": "measured", "note": ""}
    return {"metric": metric(code), "kind": kind, "amount": amount, **given}


def option(code: str, title: str, **fields: Any) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "description": "",
        "aspect": "management",
        "other_aspects": [],
        "cost_class": "low",
        "status": "feasible",
        "screening_reason": "",
        "abandoned_reason": "",
        "currency": "CNY",
        "planned_investment": "12000",
        "planned_benefit": "35000",
        "actual_investment": None,
        "actual_benefit": None,
        "responsible": "王建国 Wang Jianguo",
        "due_on": "2026-12-31",
        "progress": 0,
        "implemented_on": None,
        "effects": [],
    }
    return {"code": code, "title": title, **defaults, **fields}


def figure(code: str, amounts: dict[int, str | None]) -> dict[str, Any]:
    return {
        "metric": metric(code),
        "years": [
            {
                "year": year,
                "amount": amount,
                "given_amount": amount,
                "given_unit": METRICS[code][2],
                "currency": "CNY" if code == "output_value" else "",
                "method": "reported",
            }
            for year, amount in amounts.items()
            if amount is not None
        ],
    }


def member(place: int, zh: str, en: str, level: str | None, **fields: Any) -> dict[str, Any]:
    registration = level and {
        "level": level,
        "certificate_no": f"CP-2024-{place:04}",
        "approved_on": "2024-03-01",
        "valid_until": "2028-03-01",
        "ended_on": None,
    }
    defaults: dict[str, Any] = {
        "role": "member",
        "external": True,
        "duty": "",
        "guide": None,
        "joined_on": "2026-02-01",
        "left_on": None,
    }
    return {"place": place, "names": {"zh": zh, "en": en}, "registration": registration, **defaults, **fields}


def rich(language: str = "en") -> dict[str, Any]:
    """A plausible report, its texts in one language, its names in both."""
    zh = language.startswith("zh")
    text = TEXT_ZH if zh else TEXT_EN
    stages = [
        {
            "number": number,
            "started_on": f"2026-{number + 1:02}-02",
            "finished_on": f"2026-{number + 1:02}-27",
            "sections": [{"key": section.key, "text": text if section.required else ""} for section in spec.sections],
            "deliverables": [{"key": each.key, "done": True} for each in spec.deliverables],
        }
        for number, spec in STAGES.items()
    ]
    titles = (
        ["冷却塔排污水计量并回用于冲渣", "更换破损保温层", "烧结烟气余热锅炉", "电机变频改造", "高炉煤气除尘干法改造"]
        if zh
        else [
            "Meter the blow-down of the cooling towers and reuse it for slag flushing",
            "Repair the damaged heat insulation",
            "Waste-heat boiler at the sinter cooler",
            "Frequency converters for fans and pumps",
            "Dry instead of wet dust removal for blast-furnace gas",
        ]
    )
    options = [
        option(
            "N1", titles[1], cost_class="no", status="implemented", planned_investment="0", planned_benefit="18000",
            actual_investment="0", actual_benefit="21500", implemented_on="2026-05-20", progress=100, aspect="equipment",
            effects=[effect("electricity", "expected", "24000"), effect("electricity", "measured", "26100")],
        ),
        option(
            "N2", titles[0], status="implemented", planned_investment="38000", planned_benefit="96500.5",
            actual_investment="41200", actual_benefit="102300", implemented_on="2026-06-11", progress=100,
            aspect="waste",
            effects=[
                effect("water", "expected", "42000"), effect("water", "measured", "45120"),
                effect("wastewater", "expected", "38000"), effect("cod", "expected", "2.4"),
            ],
        ),
        option(
            "F1", titles[3], cost_class="medium", planned_investment="420000", planned_benefit="268000",
            aspect="technology", effects=[effect("electricity", "expected", "512000")],
        ),
        option(
            "F2", titles[2], cost_class="high", planned_investment="6800000", planned_benefit="2150000",
            aspect="equipment", due_on="2027-09-30",
            effects=[effect("electricity", "expected", "4100000"), effect("so2", "expected", "61.5")],
        ),
        option(
            "F3", titles[4], cost_class="high", status="screened_out", planned_investment="24000000",
            planned_benefit="1900000", aspect="technology", due_on=None, responsible="",
            screening_reason="投资偿还期超过十年。" if zh else "Payback of more than ten years.",
        ),
    ]  # fmt: skip
    return {
        "schema": 1,
        "audit": {
            "number": "CP-2026-0042",
            "kind": "compulsory",
            "year": 2026,
            "rule_set": "1998",
            "self_audit": False,
            "opened_on": "2026-01-12",
            "started_on": "2026-02-02",
            "planned_end": "2026-10-31",
        },
        "enterprise": {
            "names": {"zh": "本溪北台钢铁有限公司", "en": "Benxi Beitai Iron and Steel Co., Ltd."},
            "credit_code": "91210500123456789X",
            "source_ref": "",
            "sector": {
                "code": "C31",
                "edition": "2017",
                "names": {"zh": "黑色金属冶炼和压延加工业", "en": "Smelting and pressing of ferrous metals"},
            },
            "region": {"code": "210500", "places": [{"zh": "辽宁省", "en": "Liaoning"}, {"zh": "本溪市", "en": "Benxi"}]},
            "address": "本溪市平山区北台街1号" if zh else "1 Beitai Street, Pingshan District, Benxi",
            "contact": "李梅" if zh else "Li Mei",
            "ownership": "state",
            "size": "large",
            "employees": 4200,
            "products": "生铁、钢坯、线材" if zh else "Pig iron, billets, wire rod",
        },
        "authority": {"names": {"zh": "本溪市生态环境局", "en": "Benxi Ecology and Environment Bureau"}, "registration_no": ""},
        "consultancy": {
            "names": {"zh": "沈阳清源环境咨询有限公司", "en": "Shenyang Qingyuan Environmental Consulting Co., Ltd."},
            "registration_no": "LN-2009-017",
        },
        "listing": {
            "authority": {"zh": "本溪市生态环境局", "en": "Benxi Ecology and Environment Bureau"},
            "year": 2026,
            "reason": "over_standard",
            "grounds": "2025年第三季度监督性监测" if zh else "Monitoring of the third quarter of 2025",
            "published_on": "2026-01-10",
            "start_by": "2026-03-10",
            "report_by": "2027-01-10",
        },
        "thresholds": {"currency": "CNY", "low_max": "50000", "medium_max": "500000"},
        "team": [
            member(1, "张伟", "Zhang Wei", "principal", role="leader", duty="总负责" if zh else "Lead and balances"),
            member(2, "刘洋", "Liu Yang", "auditor", duty="能源" if zh else "Energy"),
            member(3, "陈静", "Chen Jing", "associate", guide=1, duty="数据" if zh else "Data"),
            member(4, "王建国", "Wang Jianguo", None, external=False, duty="设备" if zh else "Equipment"),
        ],
        "hours": [
            {"member": place, "field": field, "hours": hours, "first_on": "2026-02-02", "last_on": "2026-02-20"}
            for place, field, hours in [
                (1, "preliminary_training", "8"), (1, "stage_1", "16"), (1, "stage_2", "40.5"), (1, "stage_3", "24"),
                (2, "stage_2", "32"), (2, "stage_4", "12"), (2, "stage_5", "36"), (3, "stage_3", "48"),
                (4, "stage_6", "20"), (4, "stage_7", "6"),
            ]
        ],
        "stages": stages,
        "figures": [
            figure("output_value", {2023: "1850000000", 2024: "1920000000", 2025: "1785000000"}),
            figure("electricity", {2023: "412000000", 2024: "405500000", 2025: "398200000"}),
            figure("water", {2023: "5120000", 2024: None, 2025: "4875000"}),
            figure("cod", {2023: "312.4", 2024: "305.1", 2025: "298.75"}),
        ],
        "options": options,
        "files": [
            {
                "part": part, "name": name, "caption": "", "content_type": "application/pdf", "size": size,
                "sha256": digit * 64,
            }
            for part, name, size, digit in [
                ("stage_1", "审核计划.pdf", 182_400, "a"), ("stage_3", "water-balance.xlsx", 48_120, "b"),
                ("option:N2", "flow-meter-invoice.pdf", 95_300, "c"),
            ]
        ],
    }  # fmt: skip


def huge() -> dict[str, Any]:
    """200 options, long names, long unbroken words: what breaks a layout."""
    content = copy.deepcopy(rich("zh"))
    content["enterprise"]["names"] = {"zh": LONG_ZH, "en": LONG_EN}
    content["enterprise"]["products"] = "线材、" * 60
    content["options"] = [
        option(
            f"N{number}",
            f"第{number}号方案：{LONG_ZH}" if number % 7 == 0 else f"第{number}号方案：加强管理，减少跑冒滴漏",
            cost_class=["no", "low", "medium", "high"][number % 4],
            status=["proposed", "feasible", "implemented", "screened_out"][number % 4],
            planned_investment=None if number % 11 == 0 else str(number * 12345),
            planned_benefit=None if number % 13 == 0 else str(number * 6543),
            screening_reason="不可行" if number % 4 == 3 else "",
            effects=[effect("water", "expected", str(number * 100)), effect("cod", "expected", f"0.{number}")],
        )
        for number in range(1, 201)
    ]
    content["stages"][1]["sections"][0]["text"] = "\n\n".join([TEXT_ZH] * 12)
    return content


def empty() -> dict[str, Any]:
    """Nothing was recorded but what every audit has."""
    content = copy.deepcopy(rich())
    for key in ("team", "hours", "figures", "options", "files"):
        content[key] = []
    for stage in content["stages"]:
        stage.update(started_on=None, finished_on=None)
        stage["sections"] = [{**section, "text": ""} for section in stage["sections"]]
        stage["deliverables"] = [{**each, "done": False} for each in stage["deliverables"]]
    blank = {
        "credit_code": "",
        "address": "",
        "contact": "",
        "ownership": "",
        "size": "",
        "employees": None,
        "products": "",
    }
    content["enterprise"].update(blank)
    content.update(authority=None, consultancy=None, listing=None)
    content["audit"].update(kind="voluntary", self_audit=True, started_on=None)
    return content


def annex(content_hash: str) -> dict[str, Any]:
    body = {"zh": "本溪市生态环境局", "en": "Benxi Ecology and Environment Bureau"}
    consultancy = {"zh": "沈阳清源环境咨询有限公司", "en": "Shenyang Qingyuan Environmental Consulting Co., Ltd."}
    return {
        "signatures": [
            {
                "names": {"zh": zh, "en": en}, "level": level, "certificate_no": f"CP-2024-{place:04}",
                "at": "2026-10-12T02:15:00.000000+00:00", "content_hash": content_hash,
            }
            for place, zh, en, level in [(1, "张伟", "Zhang Wei", "principal"), (2, "刘洋", "Liu Yang", "auditor")]
        ],
        "filings": [
            {
                "version": version, "names": {"zh": "张伟", "en": "Zhang Wei"}, "body_names": consultancy,
                "at": at, "content_hash": digit * 64,
            }
            for version, at, digit in [
                (1, "2026-09-14T06:00:00.000000+00:00", "d"), (2, "2026-10-12T06:30:00.000000+00:00", "e"),
            ]
        ],
        "decisions": [
            {
                "action": "return", "stage": None, "version": 1, "names": {"zh": "周敏", "en": "Zhou Min"},
                "body_names": body, "at": "2026-09-28T01:00:00.000000+00:00", "due_on": "2026-10-28",
                "comment": "The water balance of stage 3 does not close. 请补充冷却塔排污水的计量数据。",
            }
        ],
    }  # fmt: skip
