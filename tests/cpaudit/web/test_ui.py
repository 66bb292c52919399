"""What templates say: amounts, days, badges, tables, and forms tied together for screen readers."""

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from cpaudit.rulebook.findings import Finding, Severity
from cpaudit.templatetags import ui
from cpaudit.web.forms import with_unit
from cpaudit.web.icons import ICONS

TODAY = dt.date(2026, 11, 21)


def render(source: str, **context: object) -> str:
    return Template("{% load i18n ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1250000"), "CNY\u00a01,250,000"),
        (Decimal("1250000.50"), "CNY\u00a01,250,000.50"),
        (Decimal("-3.00"), "CNY\u00a0−3"),
        (0, "CNY\u00a00"),
        (None, "–"),
        ("", "–"),
        ("nonsense", "–"),
        (Decimal("NaN"), "–"),
    ],
)
def test_money(value: object, expected: str) -> None:
    assert ui.money(value) == expected


def test_money_in_chinese_names_the_currency_behind() -> None:
    with translation.override("zh-hans"):
        assert ui.money(Decimal("1250000"), "CNY") == "1,250,000\u00a0元"
        assert ui.money(5, "JPY") == "5\u00a0JPY"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (Decimal("5759"), "t/a", "5,759\u00a0t/a"),
        (Decimal("0.12340"), "kg", "0.1234\u00a0kg"),
        (Decimal("182000"), "m3", "182,000\u00a0m³"),
        (7, "1", "7"),
        (None, "t", "–"),
    ],
)
def test_quantity(value: object, unit: str, expected: str) -> None:
    assert ui.quantity(value, unit) == expected


def test_share_is_shown_as_per_cent() -> None:
    assert ui.percent(Decimal("0.875")) == "87.5%"
    assert ui.percent(None) == "–"


@pytest.mark.parametrize(
    ("due_on", "words", "tone"),
    [
        (TODAY, "due today", "warning"),
        (TODAY + dt.timedelta(days=1), "1 day left", "warning"),
        (TODAY + dt.timedelta(days=7), "7 days left", "warning"),
        (TODAY + dt.timedelta(days=8), "8 days left", "neutral"),
        (TODAY - dt.timedelta(days=1), "1 day overdue", "danger"),
    ],
)
def test_due_date_says_what_it_means_today(due_on: dt.date, words: str, tone: str) -> None:
    shown = ui.due(due_on, TODAY)

    assert words in shown
    assert f"due-{tone}" in shown
    assert f'datetime="{due_on.isoformat()}"' in shown


def test_due_date_of_what_is_done_does_not_alarm() -> None:
    assert "overdue" not in ui.due(TODAY - dt.timedelta(days=9), TODAY, done=True)


def test_moment_is_in_local_time_and_day_of_a_moment_too() -> None:
    late = dt.datetime(2026, 11, 21, 20, 30, tzinfo=dt.UTC)

    assert "22 Nov 2026 04:30" in ui.moment(late)
    assert "2026-11-22" in ui.day(late)
    with translation.override("zh-hans"):
        assert "2026年11月22日" in ui.day(late)


def test_badge_escapes_its_words_and_unknown_states_are_neutral() -> None:
    assert "&lt;b&gt;" in ui.status("approved", "<b>")
    assert "badge-success" in ui.status("approved", "Approved")
    assert "badge-neutral" in ui.status("something_new")


@pytest.mark.parametrize("name", ICONS)
def test_icon_is_hidden_beside_words_and_named_instead_of_words(name: str) -> None:
    assert 'aria-hidden="true"' in ui.icon(name)
    assert 'role="img" aria-label="Search"' in ui.icon(name, "Search")


@pytest.mark.parametrize(
    ("ok", "severity", "expected"),
    [(True, "block", "pass"), (False, "block", "fail"), (False, "warn", "warning"), (False, "info", "note")],
)
def test_verdict_of_a_finding(ok: bool, severity: str, expected: str) -> None:
    assert ui.verdict(Finding("R", "", ok, "x", Severity(severity))) == expected


def test_finding_is_told_in_words_and_escaped() -> None:
    finding = Finding("R-9", "Item 9", False, "%(who)s is an associate.", params={"who": "<i>"}, remedy="Name a guide.")
    page = render('{% include "components/findings.html" %}', findings=[finding])

    assert "Not met" in page
    assert "&lt;i&gt; is an associate." in page
    assert "Name a guide." in page
    assert "Item 9" in page


def test_table_can_be_reached_by_keyboard_and_has_a_caption() -> None:
    source = '{% datatable caption="Options <1>" %}<tbody><tr><td>{{ x }}</td></tr></tbody>{% enddatatable %}'
    page = render(source, x="<b>")

    assert 'role="group" aria-label="Options &lt;1&gt;" tabindex="0"' in page
    assert "<caption" in page
    assert "<td>&lt;b&gt;</td>" in page


def header(query: str) -> str:
    request = RequestFactory().get(f"/x/?{query}")
    return render('{% sort_header "due_on" "Due" numeric=True %}', request=request)


def test_heading_sorts_then_turns_round_and_keeps_the_filters() -> None:
    assert 'href="?year=2026&amp;sort=due_on"' in header("year=2026&page=3")
    assert "aria-sort" not in header("")
    assert 'aria-sort="ascending"' in header("sort=due_on")
    assert 'href="?sort=-due_on"' in header("sort=due_on")
    assert 'aria-sort="descending"' in header("sort=-due_on")


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(50, 200, 25), (300, 200, 100), (-5, 10, 0), (5, 0, 0), (None, 5, 0)]
)
def test_share_for_drawn_bars_stays_inside(part: object, whole: object, share: int) -> None:
    assert ui.share_of(part, whole) == share


class Form(forms.Form):
    title = forms.CharField(help_text="One line.")
    amount = with_unit(forms.DecimalField(required=False), "t/a")
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField()

    def clean(self) -> None:
        raise forms.ValidationError("The whole does not fit.")


def test_field_is_tied_to_its_hint_and_its_error() -> None:
    page = render("{{ form }}", form=Form({"kind": "a"}))

    assert 'aria-describedby="id_title_helptext id_title_error"' in page
    assert 'id="id_title_helptext"' in page
    assert 'id="id_title_error"' in page
    assert 'aria-invalid="true"' in page
    assert '<label class="label" for="id_title">' in page


def test_summary_links_to_the_fields_and_tells_what_concerns_the_whole_once() -> None:
    page = render("{{ form }}", form=Form({"kind": "a"}))

    assert 'href="#id_title"' in page
    assert 'href="#id_agreed"' in page
    assert page.count("The whole does not fit.") == 1
    assert 'role="alert"' in page


def test_fresh_form_has_no_summary_and_marks_what_is_optional() -> None:
    page = render("{{ form }}", form=Form())

    assert "alert" not in page
    assert page.count("(optional)") == 1
    assert "<span>t/a</span>" in page
    assert "<legend" in page
