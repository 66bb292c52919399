"""Charts: valid, told in words, with the numbers they show, and safe with any text."""

import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
from django.template import Context, Template

from cpaudit.web import charts

SVG = "{http://www.w3.org/2000/svg}"
YEARS = ["2010", "2011", "2012"]
PROPOSED = charts.Series("Proposed", (212, 301, 472))
IMPLEMENTED = charts.Series("Implemented", (160, None, Decimal("413")))
EVERY_KIND = {
    "standing": charts.bars("Options", YEARS, [PROPOSED]),
    "grouped": charts.bars("Options", YEARS, [PROPOSED, IMPLEMENTED]),
    "stacked": charts.bars("Options", YEARS, [PROPOSED, IMPLEMENTED], stacked=True),
    "lying": charts.bars("Options", YEARS, [PROPOSED, IMPLEMENTED], lying=True),
    "lying stacked": charts.bars("Options", YEARS, [PROPOSED, IMPLEMENTED], lying=True, stacked=True),
    "lines": charts.lines("Options", YEARS, [PROPOSED, IMPLEMENTED]),
    "map": charts.tile_map("Options", {"21": 472, "32": Decimal("12.5"), "44": None}),
}


def parsed(figure: charts.Figure) -> ET.Element:
    return ET.fromstring(figure.svg)  # noqa: S314  (our own markup)


def texts(figure: charts.Figure) -> list[str]:
    return [element.text or "" for element in parsed(figure).iter(f"{SVG}text")]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_chart_is_valid_and_begins_with_title_and_description(kind: str) -> None:
    root = parsed(EVERY_KIND[kind])

    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text == "Options"
    assert root[1].text


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_chart_uses_nothing_a_pdf_or_a_content_policy_refuses(kind: str) -> None:
    svg = EVERY_KIND[kind].svg

    assert "style=" not in svg
    assert "class=" not in svg
    assert "currentColor" not in svg
    assert "var(" not in svg
    assert svg.count("http") == 1  # the namespace


@pytest.mark.parametrize("kind", ["standing", "grouped", "lying", "stacked", "lying stacked", "lines"])
def test_every_value_stands_in_the_table(kind: str) -> None:
    figure = EVERY_KIND[kind]

    assert [name for name, _cells in figure.rows] == YEARS
    assert [cells[0] for _name, cells in figure.rows] == ["212", "301", "472"]
    if len(figure.columns) == 3:
        assert [cells[1] for _name, cells in figure.rows] == ["160", "–", "413"]


def test_values_are_written_on_the_bars() -> None:
    assert {"212", "301", "472"} <= set(texts(EVERY_KIND["standing"]))


def test_stacked_lying_bars_end_in_the_total() -> None:
    assert "885" in texts(EVERY_KIND["lying stacked"])


def test_missing_value_interrupts_the_line_and_is_never_zero() -> None:
    one = charts.Series("COD", (10, 9, None, 7, 6))
    paths = list(parsed(charts.lines("COD", list("abcde"), [one])).iter(f"{SVG}path"))

    assert len(paths) == 2


def test_bar_lengths_are_proportional() -> None:
    root = parsed(charts.bars("x", ["a", "b"], [charts.Series("s", (100, 50))]))
    first, second = (float(rect.get("height", "0")) for rect in root.iter(f"{SVG}rect"))

    assert first == pytest.approx(2 * second)


def test_negative_values_hang_below_zero() -> None:
    root = parsed(charts.bars("x", ["a", "b"], [charts.Series("s", (100, -50))]))
    up, down = list(root.iter(f"{SVG}rect"))

    assert float(up.get("y")) + float(up.get("height")) == pytest.approx(float(down.get("y")))


@pytest.mark.parametrize("values", [(), (0, 0), (None, None), (0,), (1e15, 1), (Decimal("0.00001"),)])
@pytest.mark.parametrize("draw", [charts.bars, charts.lines])
def test_odd_values_still_draw(draw, values: tuple) -> None:
    parsed(draw("x", [str(index) for index, _value in enumerate(values)], [charts.Series("s", values)]))


def test_any_text_is_escaped() -> None:
    nasty = '<script>alert("&")</script>'
    figure = charts.bars(nasty, [nasty], [charts.Series(nasty, (1,)), charts.Series("b", (2,))], lying=True)

    assert "<script" not in figure.svg
    assert parsed(figure)[0].text == nasty


def test_map_has_all_provinces_once_and_no_tile_twice() -> None:
    places = [tile[:2] for tile in charts.TILES.values()]

    assert len(charts.TILES) == 34
    assert len(set(places)) == 34


def test_map_shades_larger_values_deeper_and_names_in_the_readers_language() -> None:
    values = {"21": 1, "22": 2, "23": 3, "11": 4, "12": 5}
    figure = charts.tile_map("x", values, language="zh-hans")
    fills = [rect.get("fill") for rect in parsed(figure).iter(f"{SVG}rect")]

    assert set(charts.STEPS) <= set(fills)
    assert "辽宁" in texts(figure)
    assert figure.rows[0] == ("天津", ("5",))


def test_map_without_any_value_is_still_a_map() -> None:
    assert "–" in texts(charts.tile_map("x", {}))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 472, [0, 100, 200, 300, 400, 500]),
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-50, 100, [-50, 0, 50, 100]),
    ],
)
def test_ticks_are_round_numbers_around_the_values(low: float, high: float, expected: list[float]) -> None:
    assert charts.nice_ticks(low, high) == expected


def test_template_shows_the_chart_and_its_numbers() -> None:
    page = Template("{% load ui %}{% chart figure %}").render(Context({"figure": EVERY_KIND["grouped"]}))

    assert "<svg" in page
    assert "&lt;svg" not in page
    assert '<th scope="row">2012</th>' in page
    assert '<td class="num">413</td>' in page
