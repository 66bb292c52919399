"""Life-like content for the style guide: one audit of a paper mill in Benxi, invented, in the reader's language."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cpaudit.rulebook.findings import Finding, Severity
from cpaudit.templatetags.ui import money, quantity
from cpaudit.web import charts
from cpaudit.web.context import PageContext, Place
from cpaudit.web.forms import with_unit
from cpaudit.web.pagination import page_of


class FilterForm(forms.Form):
    q = forms.CharField(label=_("Name or code"), required=False)
    year = forms.ChoiceField(label=_("Year"), choices=[("", "–"), ("2026", "2026"), ("2025", "2025")], required=False)
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)


class OptionForm(forms.Form):
    title = forms.CharField(
        label=_("Title"), max_length=120, help_text=_("What is changed, in one line: not the benefit, the change.")
    )
    aspect = forms.ChoiceField(
        label=_("Aspect"),
        choices=[("", "–"), ("technology", _("Technology and process")), ("equipment", _("Equipment"))],
    )
    cost_class = forms.ChoiceField(
        label=_("Cost class"),
        widget=forms.RadioSelect,
        choices=[("no", _("No cost")), ("low", _("Low cost")), ("medium", _("Medium cost")), ("high", _("High cost"))],
    )
    investment = with_unit(
        forms.DecimalField(label=_("Planned investment"), help_text=_("0 for a no-cost option.")), "CNY"
    )
    due_on = forms.DateField(label=_("Due on"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}))
    frozen = forms.BooleanField(label=_("I have read the rule on truthful data (Item 6)"), help_text=_("Needed once."))


class SectionForm(forms.Form):
    text = forms.CharField(label=_("Text"), widget=forms.Textarea)


STAGES = (
    ("Planning and organization", "筹划和组织"),
    ("Pre-assessment", "预评估"),
    ("Assessment", "评估"),
    ("Option generation and screening", "方案产生和筛选"),
    ("Feasibility analysis", "可行性分析"),
    ("Option implementation", "方案实施"),
    ("Continuing cleaner production", "持续清洁生产"),
)
FINDINGS = (
    (Finding("R-6b", "Item 6", True, "Two members hold a valid qualification as auditor or principal auditor.")),
    (
        Finding(
            "G-3.3",
            "Manual 3.3",
            False,
            "The water balance does not close: inputs %(inputs)s t, outputs %(outputs)s t, deviation %(deviation)s %%.",
            params={"inputs": "4,746", "outputs": "4,386", "deviation": "7.6"},
            remedy="Measure the white-water losses again, or explain the difference under Balances.",
        )
    ),
    (
        Finding(
            "R-6b-w",
            "Item 6",
            False,
            "The registration of %(person)s ends on %(day)s, before the planned end of the audit.",
            Severity.WARN,
            params={"person": "Zhao Min", "day": "12 Jan 2027"},
            remedy="Renew the registration, or name another auditor.",
        )
    ),
    (
        Finding(
            "I-26.2", "Item 26(2)", False, "The project uses a special fund of 1.6 million yuan in all.", Severity.INFO
        )
    ),
)
FINDINGS_ZH = (
    Finding("R-6b", "第六条", True, "两名成员持有有效的审核师或主任审核师资格。"),
    Finding(
        "G-3.3",
        "手册 3.3",
        False,
        "水平衡未闭合：输入 4,746 吨，输出 4,386 吨，偏差 7.6%。",
        remedy="重新测量白水回路的损失，或在“平衡”一节中说明差异原因。",
    ),
    Finding(
        "R-6b-w",
        "第六条",
        False,
        "赵敏的注册将于 2027 年 1 月 12 日到期，早于审核计划结束日期。",
        Severity.WARN,
        remedy="续期注册，或指定另一名审核师。",
    ),
    Finding("I-26.2", "第二十六条第二项", False, "该项目共使用专项资金 160 万元。", Severity.INFO),
)
OPTIONS = (
    (
        "F-07",
        "Reuse white water in the pulper",
        "碎浆机回用白水",
        "implemented",
        "Implemented",
        "已实施",
        420_000,
        398_500,
    ),
    (
        "F-11",
        "Variable-speed drives on vacuum pumps",
        "真空泵变频驱动",
        "in_progress",
        "In progress",
        "实施中",
        380_000,
        None,
    ),
    ("F-03", "Shower timers at the wire section", "网部喷淋定时", "implemented", "Implemented", "已实施", 0, 0),
    (
        "F-15",
        "Anaerobic pre-treatment of black liquor",
        "黑液厌氧预处理",
        "abandoned",
        "Abandoned",
        "已放弃",
        2_650_000,
        None,
    ),
    ("F-18", "Heat recovery from dryer exhaust", "烘缸废气热回收", "feasible", "Feasible", "可行", 1_240_000, None),
)


def content(request: HttpRequest) -> dict[str, Any]:
    """The context of `styleguide.html`."""
    zh = (get_language() or "en").startswith("zh")
    today = timezone.localdate()
    bad = OptionForm({"title": "", "investment": "about 400,000", "cost_class": "medium", "aspect": "equipment"})
    return {
        "zh": zh,
        "crumbs": [(_("Audits"), "#"), (_t(zh, "Benxi Taizi River Paper", "本溪太子河纸业"), "#"), (_("Stage 3"), "")],
        "audit": _t(zh, "Benxi Taizi River Paper Co., Ltd", "本溪太子河纸业有限公司"),
        "due_on": today + dt.timedelta(days=5),
        "stages": _stages(zh, today),
        "findings": FINDINGS_ZH if zh else FINDINGS,
        "figures": _figures(zh),
        "pairs": _pairs(zh),
        "events": _events(zh),
        "options": _options(zh, today),
        "rows": page_of(range(1, 951), request, 25),
        "filter_form": FilterForm(request.GET or None),
        "form": OptionForm(auto_id="fresh_%s"),
        "bad_form": bad,
        "section_form": SectionForm({"text": _section_text(zh)}, auto_id="section_%s"),
        "section_text": _section_text(zh),
        "facts": _facts(zh),
        "files": _files(zh),
        "cards": _cards(zh, today),
        "tabs": [
            {"label": _t(zh, "Overview", "概览"), "url": "?", "is_current": True, "count": None},
            {"label": _t(zh, "Options", "方案"), "url": "?tab=options", "is_current": False, "count": 18},
            {"label": _t(zh, "Team", "审核小组"), "url": "?tab=team", "is_current": False, "count": 4},
            {"label": _t(zh, "Files", "文件"), "url": "?tab=files", "is_current": False, "count": 12},
            {"label": _t(zh, "Timeline", "时间线"), "url": "?tab=timeline", "is_current": False, "count": None},
        ],
        "todo": _todo(zh, today),
        "charts": _charts(zh),
        "saved_at": timezone.now() - dt.timedelta(hours=3),
        "page": _frame(request, zh),
    }


def _t(zh: bool, english: str, chinese: str) -> str:
    """Example content is written in both languages here; it is not part of the interface's catalogue."""
    return chinese if zh else english


def _frame(request: HttpRequest, zh: bool) -> Any:
    """The frame as a regulator with two postings sees it, whoever looks."""
    frame = PageContext(request)
    bureau = _t(zh, "Benxi Ecology and Environment Bureau", "本溪市生态环境局")
    province = _t(zh, "Liaoning Department of Ecology and Environment", "辽宁省生态环境厅")
    role = _t(zh, "Regulator", "监管人员")
    postings = [SimpleNamespace(pk=pk, body=body, get_role_label=role) for pk, body in ((1, bureau), (2, province))]
    person = _t(zh, "Wang Fang", "王芳")

    class Person(str):
        email = "wang.fang@example.org"

    places = (
        (_("What waits for me"), False),
        (_("Audits"), True),
        (_("Compulsory list"), False),
        (_("Enterprises"), False),
        (_("Statistics"), False),
        (_("Imports"), False),
    )
    frame.__dict__.update(
        user=Person(person),
        postings=postings,
        posting=postings[0],
        inbox_count=3,
        nav=[Place(label, "#", current) for label, current in places],
        urls={key: value or "#" for key, value in frame.urls.items()},
    )
    return frame


def _stages(zh: bool, today: dt.date) -> list[dict[str, Any]]:
    states = ("done", "done", "current", "sent_back", "waiting", "not_begun", "not_begun")
    due = (None, None, 5, -3, 30, 92, 140)
    return [
        {
            "number": index + 1,
            "name": names[zh],
            "state": states[index],
            "url": "#",
            "is_open": index == 2,
            "due_on": today + dt.timedelta(days=days) if (days := due[index]) is not None else None,
        }
        for index, names in enumerate(STAGES)
    ]


def _figures(zh: bool) -> list[dict[str, Any]]:
    return [
        {"label": _t(zh, "Options implemented", "已实施方案"), "value": "413", "unit": "/ 472", "note": "87.5%"},
        {
            "label": _t(zh, "Input : benefit", "投入产出比"),
            "value": "1 : 3.9",
            "note": f"{money(Decimal('75090000'))} → {money(Decimal('290000000'))}",
        },
        {"label": _t(zh, "COD cut", "削减 COD"), "value": "5,759", "unit": "t/a", "note": "−33.3%"},
        {
            "label": _t(zh, "Audits overdue", "逾期审核"),
            "value": "4",
            "url": "#",
            "note": _t(zh, "2 in stage 3", "其中阶段三 2 项"),
        },
    ]


def _pairs(zh: bool) -> list[dict[str, Any]]:
    return [
        {
            "label": _t(zh, "Investment", "投资"),
            "planned": 2_040_000,
            "actual": 2_231_500,
            "planned_text": money(2_040_000),
            "actual_text": money(2_231_500),
            "more_is_worse": True,
        },
        {
            "label": _t(zh, "Yearly benefit", "年效益"),
            "planned": 1_610_000,
            "actual": 1_184_000,
            "planned_text": money(1_610_000),
            "actual_text": money(1_184_000),
        },
        {
            "label": _t(zh, "Fresh water saved", "节约新鲜水"),
            "planned": 182_000,
            "actual": 196_400,
            "planned_text": quantity(182_000, "m3/a"),
            "actual_text": quantity(196_400, "m3/a"),
        },
    ]


def _events(zh: bool) -> list[dict[str, Any]]:
    now = timezone.now()
    bureau = _t(zh, "Benxi Ecology and Environment Bureau", "本溪市生态环境局")
    firm = _t(zh, "Liaoning CP Consulting", "辽宁清洁生产咨询")
    return [
        {
            "at": now - dt.timedelta(hours=3),
            "sentence": _t(
                zh, "Wang Fang sent stage 4 back, due 5 Dec 2026", "王芳退回了阶段四，截止 2026 年 12 月 5 日"
            ),
            "body": bureau,
            "tone": "danger",
            "comment": _t(
                zh,
                "The screening of F-15 gives no reason why the step was dropped.\nPlease record the supplier's answer.",
                "F-15 的筛选未说明为何放弃厌氧步骤。\n请补充供应商的答复。",
            ),
            "mail": _t(zh, "E-mail sent to Zhao Min", "已向赵敏发送邮件"),
        },
        {
            "at": now - dt.timedelta(days=2),
            "sentence": _t(zh, "Zhao Min submitted stage 4", "赵敏提交了阶段四"),
            "body": firm,
            "tone": "info",
        },
        {
            "at": now - dt.timedelta(days=30),
            "sentence": _t(zh, "Zhao Min completed stage 2", "赵敏完成了阶段二"),
            "body": firm,
            "tone": "success",
        },
        {
            "at": now - dt.timedelta(days=88),
            "sentence": _t(
                zh, "Wang Fang listed the enterprise for a compulsory audit", "王芳将该企业列入强制性审核名单"
            ),
            "body": bureau,
        },
    ]


def _options(zh: bool, today: dt.date) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "title": _t(zh, en, cn),
            "status": status,
            "status_label": _t(zh, status_en, status_zh),
            "planned": planned,
            "actual": actual,
            "saving": Decimal(planned) * Decimal("0.34") + 21_000,
            "due_on": today + dt.timedelta(days=days),
            "is_done": status == "implemented",
        }
        for (code, en, cn, status, status_en, status_zh, planned, actual), days in zip(
            OPTIONS, (-60, 4, -90, 80, 210), strict=True
        )
    ]


def _section_text(zh: bool) -> str:
    return _t(
        zh,
        "The paper machine loses 38 m³ of white water per hour at the pit, mostly when the broke system runs full. "
        "Measured over 72 hours at normal load (4–7 November), three times a day.\n\n"
        "The difference of 360 t lies in evaporation at the dryer hood, which has no meter.",
        "纸机白水池每小时损失 38 立方米，多发生在损纸系统满负荷运行时。"
        "在正常负荷下连续测量 72 小时（11 月 4 日至 7 日），每日三次。\n\n"
        "360 吨的差额来自烘缸罩的蒸发，该处没有计量表。",
    )


def _facts(zh: bool) -> list[tuple[str, str]]:
    return [
        (_t(zh, "Unified social credit code", "统一社会信用代码"), "91210500MA0XYZ1234"),
        (_t(zh, "Region", "地区"), _t(zh, "Liaoning · Benxi · Pingshan", "辽宁省 · 本溪市 · 平山区")),
        (_t(zh, "Industry", "行业"), _t(zh, "C22 Paper and paper products", "C22 造纸和纸制品业")),
        (_t(zh, "Reason for the audit", "审核原因"), _t(zh, "Discharge above the standard (COD)", "排放超标（COD）")),
        (_t(zh, "Consulting organisation", "咨询机构"), _t(zh, "Liaoning CP Consulting", "辽宁清洁生产咨询")),
        (_t(zh, "Acceptance", "验收"), ""),
    ]


def _files(zh: bool) -> list[dict[str, Any]]:
    return [
        {
            "name": _t(zh, "Audit report, version 2 (English).pdf", "审核报告第二版（中文）.pdf"),
            "url": "#",
            "size": 1_843_200,
            "at": timezone.now(),
            "who": _t(zh, "Zhao Min", "赵敏"),
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "state": "filed",
            "state_label": _t(zh, "Filed", "已提交"),
        },
        {
            "name": _t(zh, "Water meter readings 4–7 Nov.xlsx", "水表读数 11月4-7日.xlsx"),
            "url": "#",
            "size": 48_300,
            "at": timezone.now() - dt.timedelta(days=9),
            "who": _t(zh, "Li Na", "李娜"),
        },
    ]


def _cards(zh: bool, today: dt.date) -> list[dict[str, Any]]:
    waiting = _t(zh, "Waits for you", "等待您处理")
    return [
        {
            "title": _t(zh, "Benxi Taizi River Paper", "本溪太子河纸业"),
            "url": "#",
            "text": _t(zh, "Report version 2 is filed: examine and decide.", "报告第二版已提交：请审查并作出决定。"),
            "state": "waiting",
            "state_label": waiting,
            "due_on": today + dt.timedelta(days=12),
        },
        {
            "title": _t(zh, "Nanfen Iron Pickling", "南芬钢铁酸洗"),
            "url": "#",
            "text": _t(zh, "Stage 3 is overdue.", "阶段三已逾期。"),
            "state": "overdue",
            "state_label": _t(zh, "Overdue", "已逾期"),
            "due_on": today - dt.timedelta(days=3),
        },
        {
            "title": _t(zh, "Huanren Brewery", "桓仁酿酒"),
            "url": "#",
            "text": _t(zh, "Approved; 14 of 19 options implemented.", "已批准；19 个方案中已实施 14 个。"),
            "state": "approved",
            "state_label": _t(zh, "Approved", "已批准"),
        },
    ]


def _todo(zh: bool, today: dt.date) -> list[dict[str, Any]]:
    return [
        {
            "title": _t(zh, "Decide on the report of Benxi Taizi River Paper", "对本溪太子河纸业的报告作出决定"),
            "text": _t(zh, "Version 2, filed by Zhao Min on 19 Nov 2026", "第二版，赵敏于 2026 年 11 月 19 日提交"),
            "url": "#",
            "due_on": today + dt.timedelta(days=12),
        },
        {
            "title": _t(zh, "Ask Nanfen Iron Pickling why stage 3 is late", "询问南芬钢铁酸洗阶段三为何延误"),
            "url": "#",
            "due_on": today - dt.timedelta(days=3),
        },
    ]


def _charts(zh: bool) -> list[charts.Figure]:
    years = [str(year) for year in range(2017, 2027)]
    year, province = _t(zh, "Year", "年份"), _t(zh, "Province", "省份")
    proposed = charts.Series(_t(zh, "Proposed", "提出"), (212, 268, 301, 288, 342, 396, 421, 455, 472, 490))
    implemented = charts.Series(_t(zh, "Implemented", "实施"), (160, 214, 249, 251, 297, 348, 377, 402, 413, None))
    sectors = [
        ("Pulp and paper", "造纸和纸制品业"),
        ("Raw chemical materials and products", "化学原料和化学制品制造业"),
        ("Smelting of ferrous metals", "黑色金属冶炼和压延加工业"),
        ("Textile", "纺织业"),
    ]
    share = [
        charts.Series(_t(zh, "No/low cost", "无/低费"), (384, 212, 146, 98)),
        charts.Series(_t(zh, "Medium/high cost", "中/高费"), (29, 41, 52, 17)),
    ]
    provinces = dict(zip(charts.TILES, (43, 31, 12, 8, 22, 18, 14, 43, 5, 11, 26, 30, 64, 52), strict=False))
    provinces |= {"34": 38, "32": 58, "33": 60, "44": 130, "35": 33, "42": 29, "43": 27, "31": 21, "51": 35, "53": 19}
    return [
        charts.bars(
            _t(zh, "Options by year", "各年度方案数"),
            years,
            [proposed, implemented],
            unit=_t(zh, "options", "个"),
            category_label=year,
        ),
        charts.bars(
            _t(zh, "Implemented options by industry and cost class", "按行业和费用类别统计的已实施方案"),
            [names[zh] for names in sectors],
            share,
            stacked=True,
            lying=True,
            unit=_t(zh, "options", "个"),
            category_label=_t(zh, "Industry", "行业"),
        ),
        charts.lines(
            _t(zh, "COD of audited enterprises", "已审核企业 COD 排放"),
            years,
            [charts.Series("COD", (17_294, 16_820, 15_410, 14_900, None, 13_480, 12_750, 12_210, 11_880, 11_535))],
            unit="t/a",
            category_label=year,
        ),
        charts.tile_map(
            _t(zh, "Consulting organisations by province", "各省咨询机构数量"),
            provinces,
            unit=_t(zh, "organisations", "家"),
            language=get_language() or "en",
            category_label=province,
            no_data=_t(zh, "no data", "无数据"),
        ),
    ]
