"""Small charts as SVG: bars (plain, grouped, stacked, lying), lines, and a tile map of the provinces. Pure.

The drawing uses presentation attributes and an explicit font only, so the same SVG stands in a page under a strict
content policy and in a PDF, where neither page styles nor `currentColor` reach into an SVG. Each has `<title>` and
`<desc>`; the numbers stand beside it as an HTML table, made by the template from `Figure.columns` and `Figure.rows`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from typing import NamedTuple
from unicodedata import east_asian_width

Number = Decimal | int | float | None
Show = Callable[[Number], str]
"""How a value is written on the drawing and in the table."""

FONT = "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'WenQuanYi Micro Hei', system-ui, sans-serif"
INK, MUTED, GRID, PAPER = "#12211f", "#4c5c58", "#dbe3e0", "#ffffff"
PALETTE = ("#0a5750", "#5b9733", "#2b6cb0", "#b46f00", "#7a4f9a", "#6b7b76")
"""Colours of series, each at least 3 : 1 against white and told apart by lightness as well as hue."""
STEPS = ("#dcefe9", "#a9d6c9", "#63ab9d", "#22786d", "#073b38")
"""The five steps of a map, light to deep."""
WIDTH = 720
TEXT = 14
ABSENT = "–"


class Svg(str):
    """Markup made here, with every given text escaped; templates may print it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers, one per category; None where there is none."""

    label: str
    values: Sequence[Number]


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn chart with its numbers: `columns` and `rows` (first cell the category) for the table under it."""

    title: str
    description: str
    svg: Svg
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    unit: str = ""
    source: str = ""


@dataclass
class Canvas:
    """Collects elements of one drawing."""

    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def rect(self, x: float, y: float, width: float, height: float, fill: str, **more: object) -> None:
        self._add("rect", x=_n(x), y=_n(y), width=_n(max(width, 0)), height=_n(max(height, 0)), fill=fill, **more)

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str = GRID, **more: object) -> None:
        self._add("line", x1=_n(x1), y1=_n(y1), x2=_n(x2), y2=_n(y2), stroke=stroke, **more)

    def circle(self, x: float, y: float, radius: float, fill: str, **more: object) -> None:
        self._add("circle", cx=_n(x), cy=_n(y), r=_n(radius), fill=fill, **more)

    def path(self, d: str, stroke: str, **more: object) -> None:
        self._add("path", d=d, stroke=stroke, fill="none", **more)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: str = "start",
        fill: str = MUTED,
        size: float = TEXT,
        **more: object,
    ) -> None:
        attributes = _attributes(
            {"x": _n(x), "y": _n(y), "text_anchor": anchor, "fill": fill, "font_size": _n(size), **more}
        )
        self.parts.append(f"<text{attributes}>{escape(text)}</text>")

    def svg(self, title: str, description: str) -> Svg:
        box = f'viewBox="0 0 {_n(self.width)} {_n(self.height)}" width="{_n(self.width)}" height="{_n(self.height)}"'
        head = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        body = "".join(self.parts)
        return Svg(
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {box} font-family="{escape(FONT)}" font-size="{TEXT}">'
            f"{head}{body}</svg>"
        )

    def _add(self, tag: str, **attributes: object) -> None:
        self.parts.append(f"<{tag}{_attributes(attributes)}/>")


# --- Bars -----------------------------------------------------------------------------------------------------------
def bars(
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    *,
    unit: str = "",
    stacked: bool = False,
    lying: bool = False,
    description: str = "",
    category_label: str = "",
    source: str = "",
    show: Show | None = None,
) -> Figure:
    """Bars for each category: one series plain, several side by side or `stacked`; `lying` for long category names.

    Negative values hang below zero (not in stacked bars, where parts of a whole cannot be negative).
    """
    show = show or grouped
    tops = _stack_tops(series, len(categories)) if stacked else [v for one in series for v in _present(one.values)]
    ticks = nice_ticks(min([0.0, *tops]), max([0.0, *tops]))
    draw = _lying_bars if lying else _standing_bars
    canvas = draw(categories, series, ticks, stacked, show)
    return _figure(title, description, canvas, categories, series, unit, category_label, source, show)


def _standing_bars(
    categories: Sequence[str],
    series: Sequence[Series],
    ticks: Sequence[float],
    stacked: bool,
    show: Show,
) -> Canvas:
    top = 16 + _legend_height(series)
    left, bottom, plot = _axis_room(ticks), 34, 250
    canvas = Canvas(WIDTH, top + plot + bottom)
    _legend(canvas, series, 4)
    y_of = _scale(ticks, top + plot, top)
    _horizontal_grid(canvas, ticks, y_of, left)
    slot = (WIDTH - left - 8) / max(len(categories), 1)
    every = _label_step(categories, slot)
    for index, category in enumerate(categories):
        x = left + slot * index
        if index % every == 0:
            canvas.text(x + slot / 2, top + plot + 22, category, anchor="middle")
        for offset, width, low, high, colour, value in _bars_of(series, index, slot, stacked):
            y_low, y_high = y_of(low), y_of(high)
            canvas.rect(x + offset, min(y_low, y_high), width, abs(y_low - y_high), colour, rx=1.5)
            label = show(value)
            if not stacked and width >= _text_width(label, TEXT - 1):
                y_label = y_high - 5 if high >= low else y_high + 14
                canvas.text(x + offset + width / 2, y_label, label, anchor="middle", fill=INK, size=TEXT - 1)
    canvas.line(left, y_of(0), WIDTH - 8, y_of(0), INK)
    return canvas


def _lying_bars(
    categories: Sequence[str],
    series: Sequence[Series],
    ticks: Sequence[float],
    stacked: bool,
    show: Show,
) -> Canvas:
    top = 16 + _legend_height(series)
    slot = 30 if stacked or len(series) == 1 else 14 + 18 * len(series)
    left = min(max((_text_width(category) for category in categories), default=0) + 14, WIDTH * 0.38)
    right = max((_text_width(show(value)) for one in series for value in one.values), default=0) + 16
    canvas = Canvas(WIDTH, top + slot * len(categories) + 8)
    _legend(canvas, series, 4)
    x_of = _scale(ticks, left, WIDTH - right)
    for tick in ticks:
        canvas.line(x_of(tick), top, x_of(tick), canvas.height - 8)
    for index, category in enumerate(categories):
        y = top + slot * index
        canvas.text(left - 10, y + slot / 2 + 4.5, _shortened(category, left - 14), anchor="end", fill=INK)
        for offset, width, low, high, colour, value in _bars_of(series, index, slot, stacked):
            x_low, x_high = x_of(low), x_of(high)
            canvas.rect(min(x_low, x_high), y + offset, abs(x_high - x_low), width, colour, rx=1.5)
            if not stacked:
                canvas.text(max(x_low, x_high) + 6, y + offset + width / 2 + 4.5, show(value), fill=INK)
        if stacked:
            total = sum(_present([one.values[index] for one in series]))
            canvas.text(x_of(total) + 6, y + slot / 2 + 4.5, show(_tidy(total)), fill=INK)
    canvas.line(x_of(0), top, x_of(0), canvas.height - 8, INK)
    return canvas


def _bars_of(
    series: Sequence[Series], index: int, slot: float, stacked: bool
) -> list[tuple[float, float, float, float, str, Number]]:
    """The bars of one category: offset and thickness in the slot, from where to where in values, colour, value."""
    found: list[tuple[float, float, float, float, str, Number]] = []
    room = min(slot * 0.74, 84 if stacked or len(series) == 1 else 48 * len(series))
    start, base = (slot - room) / 2, 0.0
    each = room if stacked else room / max(len(series), 1)
    for order, one in enumerate(series):
        value = one.values[index]
        if value is None:
            continue
        colour = PALETTE[order % len(PALETTE)]
        if stacked:
            found.append((start, each, base, base + float(value), colour, value))
            base += float(value)
        else:
            gap = 2 if len(series) > 1 else 0
            found.append((start + each * order + gap / 2, each - gap, 0.0, float(value), colour, value))
    return found


# --- Lines ----------------------------------------------------------------------------------------------------------
def lines(
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    *,
    unit: str = "",
    description: str = "",
    category_label: str = "",
    source: str = "",
    from_zero: bool = True,
    show: Show | None = None,
) -> Figure:
    """Development over the categories (years). A missing value interrupts the line, it is never drawn as zero."""
    show = show or grouped
    values = [value for one in series for value in _present(one.values)]
    low = min([0.0, *values] if from_zero else values, default=0.0)
    ticks = nice_ticks(low, max(values, default=0.0))
    top, plot, bottom = 16 + _legend_height(series), 240, 34
    left = _axis_room(ticks)
    right = 26.0
    canvas = Canvas(WIDTH, top + plot + bottom)
    _legend(canvas, series, 4)
    y_of = _scale(ticks, top + plot, top)
    _horizontal_grid(canvas, ticks, y_of, left)
    step = (WIDTH - left - right - 16) / max(len(categories) - 1, 1)
    x_of = [left + 16 + step * index for index in range(len(categories))]
    every = _label_step(categories, step)
    for index, category in enumerate(categories):
        if index % every == 0:
            canvas.text(x_of[index], top + plot + 22, category, anchor="middle")
    for order, one in enumerate(series):
        colour = PALETTE[order % len(PALETTE)]
        for run in _runs(one.values):
            d = " ".join(f"{'L' if n else 'M'}{_n(x_of[i])} {_n(y_of(v))}" for n, (i, v) in enumerate(run))
            canvas.path(d, colour, stroke_width=2.5, stroke_linejoin="round", stroke_linecap="round")
            for index, value in run:
                canvas.circle(x_of[index], y_of(value), 4, PAPER, stroke=colour, stroke_width=2.5)
        if runs := _runs(one.values):
            index, latest = runs[-1][-1]
            y = y_of(latest) - 11
            canvas.text(x_of[index], y, show(one.values[index]), anchor="middle", fill=INK, font_weight=600)
    return _figure(title, description, canvas, categories, series, unit, category_label, source, show)


# --- Provinces ------------------------------------------------------------------------------------------------------
class Tile(NamedTuple):
    """Where a province stands on the map, and its names."""

    column: int
    row: int
    en: str
    zh: str

    def name(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


TILES: dict[str, Tile] = {
    "23": Tile(7, 0, "Heilongjiang", "黑龙江"),
    "22": Tile(7, 1, "Jilin", "吉林"),
    "65": Tile(0, 2, "Xinjiang", "新疆"),
    "64": Tile(3, 2, "Ningxia", "宁夏"),
    "15": Tile(4, 2, "Inner Mongolia", "内蒙古"),
    "11": Tile(5, 2, "Beijing", "北京"),
    "12": Tile(6, 2, "Tianjin", "天津"),
    "21": Tile(7, 2, "Liaoning", "辽宁"),
    "63": Tile(1, 3, "Qinghai", "青海"),
    "62": Tile(2, 3, "Gansu", "甘肃"),
    "61": Tile(3, 3, "Shaanxi", "陕西"),
    "14": Tile(4, 3, "Shanxi", "山西"),
    "13": Tile(5, 3, "Hebei", "河北"),
    "37": Tile(6, 3, "Shandong", "山东"),
    "54": Tile(1, 4, "Tibet", "西藏"),
    "51": Tile(2, 4, "Sichuan", "四川"),
    "50": Tile(3, 4, "Chongqing", "重庆"),
    "41": Tile(4, 4, "Henan", "河南"),
    "34": Tile(5, 4, "Anhui", "安徽"),
    "32": Tile(6, 4, "Jiangsu", "江苏"),
    "53": Tile(2, 5, "Yunnan", "云南"),
    "52": Tile(3, 5, "Guizhou", "贵州"),
    "42": Tile(4, 5, "Hubei", "湖北"),
    "36": Tile(5, 5, "Jiangxi", "江西"),
    "33": Tile(6, 5, "Zhejiang", "浙江"),
    "31": Tile(7, 5, "Shanghai", "上海"),
    "45": Tile(3, 6, "Guangxi", "广西"),
    "43": Tile(4, 6, "Hunan", "湖南"),
    "35": Tile(5, 6, "Fujian", "福建"),
    "44": Tile(4, 7, "Guangdong", "广东"),
    "81": Tile(5, 7, "Hong Kong", "香港"),
    "71": Tile(6, 7, "Taiwan", "台湾"),
    "46": Tile(3, 8, "Hainan", "海南"),
    "82": Tile(4, 8, "Macao", "澳门"),
}
"""By two-digit code (GB/T 2260). Neighbours stay neighbours, areas are equal."""


def tile_map(
    title: str,
    values: Mapping[str, Number],
    *,
    unit: str = "",
    language: str = "en",
    description: str = "",
    category_label: str = "",
    value_label: str = "",
    source: str = "",
    no_data: str = "no data",
    show: Show | None = None,
) -> Figure:
    """Provinces as equal tiles, shaded in up to five classes of about equal size (quantiles)."""
    show = show or grouped
    known = {code: value for code, value in values.items() if value is not None and code in TILES}
    breaks = _quantile_breaks([float(value) for value in known.values()])
    tile_width, tile_height, gap = 90.0, 58.0, 4.0
    columns = max(tile.column for tile in TILES.values()) + 1
    rows = max(tile.row for tile in TILES.values()) + 1
    canvas = Canvas(columns * tile_width, rows * tile_height)
    for code, tile in TILES.items():
        x, y = tile.column * tile_width, tile.row * tile_height
        width, height = tile_width - gap, tile_height - gap
        value = known.get(code)
        if value is None:
            canvas.rect(x + 0.5, y + 0.5, width - 1, height - 1, PAPER, stroke=GRID, stroke_dasharray="4 3", rx=5)
            fill = MUTED
        else:
            step = _step_of(float(value), breaks)
            canvas.rect(x, y, width, height, STEPS[step], rx=5)
            fill = PAPER if step >= 3 else INK
        name = tile.name(language)
        size = min(TEXT - 1, (width - 8) / max(_text_width(name, 1), 0.1))
        canvas.text(x + width / 2, y + 22, name, anchor="middle", fill=fill, size=size)
        shown = ABSENT if value is None else show(value)
        canvas.text(x + width / 2, y + 43, shown, anchor="middle", fill=fill, size=TEXT + 2, font_weight=600)
    _map_legend(canvas, breaks, show, no_data, [float(value) for value in known.values()])
    ordered = sorted(known, key=lambda code: (-float(known[code] or 0), code))
    return Figure(
        title=title,
        description=description or title,
        svg=canvas.svg(title, description or title),
        columns=(category_label, value_label or unit),
        rows=[(TILES[code].name(language), (show(known[code]),)) for code in ordered],
        unit=unit,
        source=source,
    )


def _map_legend(canvas: Canvas, breaks: Sequence[float], show: Show, no_data: str, values: Sequence[float]) -> None:
    """In the empty north-west corner: a swatch for each class with its range of values."""
    x, y = 0.0, 4.0
    used = sorted({_step_of(value, breaks) for value in values})
    for step in used:
        inside = sorted(value for value in values if _step_of(value, breaks) == step)
        low, high = show(_tidy(inside[0])), show(_tidy(inside[-1]))
        canvas.rect(x, y, 18, 14, STEPS[step], rx=3)
        canvas.text(x + 26, y + 11.5, low if low == high else f"{low} – {high}")
        y += 21
        if y > 100:
            x, y = x + 160, 4.0
    canvas.rect(x + 0.5, y + 0.5, 17, 13, PAPER, stroke=GRID, stroke_dasharray="4 3", rx=3)
    canvas.text(x + 26, y + 11.5, no_data)


def _quantile_breaks(values: Sequence[float]) -> list[float]:
    """Upper ends of the classes but the last; fewer where values repeat."""
    ordered = sorted(set(values))
    if len(ordered) <= 1:
        return []
    classes = min(len(STEPS), len(ordered))
    return [ordered[math.ceil(len(ordered) * part / classes) - 1] for part in range(1, classes)]


def _step_of(value: float, breaks: Sequence[float]) -> int:
    """The class of a value, spread over the steps so that the largest class is always the deepest."""
    position = sum(value > limit for limit in breaks)
    return len(STEPS) - 1 - (len(breaks) - position) if breaks else len(STEPS) // 2


# --- Shared ---------------------------------------------------------------------------------------------------------
def grouped(value: Number) -> str:
    """`12345.6` → `12,345.6`, at most two decimals; nothing is an en dash."""
    if value is None:
        return ABSENT
    text = f"{round(Decimal(str(value)), 2):,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def nice_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers from at most `low` to at least `high`, in steps of 1, 2 or 5 times a power of ten."""
    if not math.isfinite(low) or not math.isfinite(high) or high - low <= 0:
        high = low + 1 if math.isfinite(low) else 1.0
        low = low if math.isfinite(low) else 0.0
    rough = (high - low) / about
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * n, 10) for n in range(first, last + 1)]


def _figure(
    title: str,
    description: str,
    canvas: Canvas,
    categories: Sequence[str],
    series: Sequence[Series],
    unit: str,
    category_label: str,
    source: str,
    show: Show,
) -> Figure:
    description = description or _described(categories, series, unit, show)
    return Figure(
        title=title,
        description=description,
        svg=canvas.svg(title, description),
        columns=(category_label, *[one.label for one in series]),
        rows=[(name, [show(one.values[index]) for one in series]) for index, name in enumerate(categories)],
        unit=unit,
        source=source,
    )


def _described(categories: Sequence[str], series: Sequence[Series], unit: str, show: Show, at_most: int = 40) -> str:
    """The numbers as a sentence, for readers who hear the chart. Long ones point to the table by stopping."""
    parts = []
    for one in series:
        told = ", ".join(f"{name} {show(value)}" for name, value in zip(categories, one.values, strict=True))
        parts.append(f"{one.label}{f' ({unit})' if unit else ''}: {told}")
    text = "; ".join(parts)
    return text if len(categories) * len(series) <= at_most else text[:400].rsplit(",", 1)[0] + " …"


def _legend_height(series: Sequence[Series]) -> float:
    return 26 if len(series) > 1 else 4


def _legend(canvas: Canvas, series: Sequence[Series], y: float) -> None:
    if len(series) < 2:
        return
    x = 0.0
    for order, one in enumerate(series):
        canvas.rect(x, y, 14, 14, PALETTE[order % len(PALETTE)], rx=3)
        canvas.text(x + 20, y + 12, one.label, fill=INK)
        x += 20 + _text_width(one.label) + 24


def _horizontal_grid(canvas: Canvas, ticks: Sequence[float], y_of: Callable[[float], float], left: float) -> None:
    for tick in ticks:
        canvas.line(left, y_of(tick), WIDTH - 8, y_of(tick))
        canvas.text(left - 8, y_of(tick) + 4.5, grouped(_tidy(tick)), anchor="end")


def _axis_room(ticks: Sequence[float]) -> float:
    return max(_text_width(grouped(_tidy(tick))) for tick in ticks) + 14


def _label_step(labels: Sequence[str], slot: float) -> int:
    """Every how-manieth label fits without touching the next."""
    widest = max((_text_width(label) for label in labels), default=0) + 8
    return max(1, math.ceil(widest / max(slot, 1)))


def _scale(ticks: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    low, high = ticks[0], ticks[-1]
    return lambda value: start + (end - start) * (value - low) / (high - low)


def _stack_tops(series: Sequence[Series], count: int) -> list[float]:
    return [sum(_present([one.values[index] for one in series])) for index in range(count)]


def _present(values: Sequence[Number]) -> list[float]:
    return [float(value) for value in values if value is not None]


def _runs(values: Sequence[Number]) -> list[list[tuple[int, float]]]:
    """Neighbouring values that are there, as (index, value)."""
    runs: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index, float(value)))
    return [run for run in runs if run]


def _text_width(text: str, size: float = TEXT) -> float:
    """About how wide a text is: a Chinese character one em, a Latin one a bit over half."""
    return sum(1.0 if east_asian_width(character) in "WF" else 0.57 for character in text) * size


def _shortened(text: str, width: float) -> str:
    if _text_width(text) <= width:
        return text
    while text and _text_width(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _tidy(value: float) -> Number:
    return int(value) if float(value).is_integer() else value


def _n(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _attributes(attributes: Mapping[str, object]) -> str:
    return "".join(f' {name.replace("_", "-")}="{escape(str(value))}"' for name, value in attributes.items())
