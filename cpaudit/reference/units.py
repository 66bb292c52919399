"""Units of measurement and exact conversion between them. Pure.

Each unit belongs to a dimension and says how many of that dimension's base it is worth, as an exact Decimal:

=============  =========  ================================================================================
dimension      base       remarks
=============  =========  ================================================================================
energy         GJ         standard coal by its definition: 1 kgce = 29,307.6 kJ (GB/T 2589)
demand         kW_month   billed electric demand; power times months, deliberately not energy
mass           t
volume         m3         as found, at whatever temperature and pressure
gas            Nm3        gas at 0 °C and 101.325 kPa; not interchangeable with `volume`
area           m2
time           h
count          1
ratio          %
money          money      of whatever currency stands beside the amount; only 万元 and the like are converted
=============  =========  ================================================================================

Electricity turned into standard coal here is the *equivalent* value (0.1229 kgce/kWh, pure physics). The value *by
generation* differs from year to year and is a decision, not a unit. Currencies are not units either: nothing here
turns dollars into yuan.

**Mass and volume.** People report water in tonnes and in cubic metres and mean the same. That is true of water, not of
units, so it is no entry of the table: whoever converts passes the substance's `density` (t/m³), which `Metric` keeps
for fresh water and wastewater (1) and leaves empty for everything else. Without it tonnes and cubic metres stay apart.
"""

import unicodedata
from dataclasses import dataclass
from decimal import Context, Decimal, DecimalException

from cpaudit.rulebook.errors import Invalid
from cpaudit.rulebook.findings import _


class UnitError(Invalid):
    """An amount cannot be converted; the sentence says why and what would do."""


class UnknownUnit(UnitError):
    pass


class DifferentDimensions(UnitError):
    pass


class NotAnAmount(UnitError):
    pass


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit. `factor` is its worth in the base of `dimension`; `aliases` are other spellings found in tables."""

    code: str
    dimension: str
    factor: Decimal
    name_en: str
    name_zh: str
    aliases: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name_en

    @property
    def names(self) -> dict[str, str]:
        """Both labels, for sentences that are put into the reader's language when they are shown."""
        return {"en": self.name_en, "zh": self.name_zh}


# Definitions, all exact. Pound and foot: international yard and pound agreement of 1959. Gallon: 231 cubic inches.
# Btu and kcal: International Table. Therm: 100,000 Btu (IT). Kilogram of standard coal: 7,000 kcal (IT).
POUND_KG = Decimal("0.45359237")
FOOT_M = Decimal("0.3048")
GALLON_L = Decimal("3.785411784")
BTU_J = Decimal("1055.05585262")
KCAL_J = Decimal("4186.8")
KGCE_KJ = Decimal("29307.6")

_D = Decimal
_TABLE = (
    # --- energy, in GJ ---
    Unit("kJ", "energy", _D("1E-6"), "kJ", "千焦", ("kilojoule",)),
    Unit("MJ", "energy", _D("0.001"), "MJ", "兆焦", ("megajoule",)),
    Unit("GJ", "energy", _D(1), "GJ", "吉焦", ("gigajoule", "百万千焦")),
    Unit("TJ", "energy", _D(1000), "TJ", "太焦", ("terajoule",)),
    Unit("kWh", "energy", _D("0.0036"), "kWh", "千瓦时", ("kW·h", "度", "kilowatt hour", "kilowatt hours")),
    Unit("MWh", "energy", _D("3.6"), "MWh", "兆瓦时", ("千度", "megawatt hour", "megawatt hours")),
    Unit("10k_kWh", "energy", _D(36), "10⁴ kWh", "万千瓦时", ("万kWh", "万度", "10000 kWh")),
    Unit("GWh", "energy", _D(3600), "GWh", "吉瓦时", ("百万千瓦时", "million kWh")),
    Unit("100M_kWh", "energy", _D(360_000), "10⁸ kWh", "亿千瓦时", ("亿kWh", "亿度")),
    Unit("kcal", "energy", KCAL_J / 10**9, "kcal", "千卡", ("大卡",)),
    Unit("Btu", "energy", BTU_J / 10**9, "Btu", "英热单位"),
    Unit("MMBtu", "energy", BTU_J / 10**3, "MMBtu", "百万英热单位", ("million Btu", "10⁶ Btu")),
    Unit("therm", "energy", BTU_J / 10**4, "therm", "撒姆", ("therms",)),
    Unit("kgce", "energy", KGCE_KJ / 10**6, "kgce", "千克标准煤", ("公斤标准煤", "kg标准煤")),
    Unit("tce", "energy", KGCE_KJ / 10**3, "tce", "吨标准煤", ("t标准煤", "吨标煤", "tons of standard coal")),
    Unit("10k_tce", "energy", KGCE_KJ * 10, "10⁴ tce", "万吨标准煤", ("万tce", "万吨标煤")),
    # --- billed electric demand, in kW·month ---
    Unit("kW_month", "demand", _D(1), "kW·month", "千瓦·月", ("kW-months", "kW mo")),
    Unit("MW_month", "demand", _D(1000), "MW·month", "兆瓦·月", ("MW-months",)),
    # --- mass, in t ---
    Unit("mg", "mass", _D("1E-9"), "mg", "毫克"),
    Unit("g", "mass", _D("1E-6"), "g", "克", ("gram", "grams")),
    Unit("kg", "mass", _D("0.001"), "kg", "千克", ("公斤", "kilogram", "kilograms")),
    Unit("t", "mass", _D(1), "t", "吨", ("tonne", "tonnes", "metric ton", "metric tons", "ton (metric)")),
    Unit("10k_t", "mass", _D(10_000), "10⁴ t", "万吨", ("万t", "10000 t")),
    Unit("100M_t", "mass", _D(100_000_000), "10⁸ t", "亿吨", ("亿t",)),
    Unit("lb", "mass", POUND_KG / 1000, "lb", "磅", ("lbs", "pound", "pounds")),
    Unit("short_ton", "mass", POUND_KG * 2, "short ton", "短吨", ("short tons", "US ton", "US tons")),
    # --- volume, in m³ ---
    Unit("L", "volume", _D("0.001"), "L", "升", ("litre", "litres", "liter", "liters")),
    Unit("m3", "volume", _D(1), "m³", "立方米", ("m^3", "方", "cubic metre", "cubic metres", "cubic meters")),
    Unit("1k_m3", "volume", _D(1000), "10³ m³", "千立方米", ("thousand m³", "1000 m³")),
    Unit("10k_m3", "volume", _D(10_000), "10⁴ m³", "万立方米", ("万m³", "万方", "10000 m³")),
    Unit("M_m3", "volume", _D(1_000_000), "10⁶ m³", "百万立方米", ("million m³",)),
    Unit("100M_m3", "volume", _D(100_000_000), "10⁸ m³", "亿立方米", ("亿m³", "亿方")),
    Unit("km3", "volume", _D(1_000_000_000), "km³", "立方千米", ("km^3", "立方公里", "cubic kilometre")),
    Unit("gal", "volume", GALLON_L / 1000, "US gal", "美制加仑", ("gallon", "gallons", "US gallon", "加仑")),
    Unit("kgal", "volume", GALLON_L, "10³ US gal", "千加仑", ("thousand gallons", "1000 gal")),
    Unit("ft3", "volume", FOOT_M**3, "ft³", "立方英尺", ("cu ft", "cubic feet", "ft^3")),
    # --- gas at 0 °C and 101.325 kPa, in Nm³ ---
    Unit("Nm3", "gas", _D(1), "Nm³", "标准立方米", ("标立方米", "标方", "Nm^3")),
    Unit("10k_Nm3", "gas", _D(10_000), "10⁴ Nm³", "万标准立方米", ("万Nm³", "万标立方米", "万标方")),
    Unit("M_Nm3", "gas", _D(1_000_000), "10⁶ Nm³", "百万标准立方米", ("million Nm³", "million standard m³")),
    Unit("100M_Nm3", "gas", _D(100_000_000), "10⁸ Nm³", "亿标准立方米", ("亿Nm³", "亿标立方米")),
    # --- area, in m² ---
    Unit("m2", "area", _D(1), "m²", "平方米", ("m^2", "square metre", "square metres", "square meters")),
    Unit("sq_ft", "area", FOOT_M**2, "sq ft", "平方英尺", ("ft²", "ft^2", "square feet", "square foot")),
    Unit("ha", "area", _D(10_000), "ha", "公顷", ("hectare", "hectares")),
    # --- time, in h ---
    Unit("h", "time", _D(1), "h", "小时", ("hour", "hours", "hr", "hrs", "工时")),
    Unit("day", "time", _D(24), "days", "天", ("d", "day", "日")),
    # --- numbers ---
    Unit("1", "count", _D(1), "units", "个", ("pcs", "pieces", "piece", "each", "unit", "件", "台", "套", "只")),
    Unit("10k", "count", _D(10_000), "10⁴ units", "万个", ("万件", "万台", "万套", "万只")),
    Unit("money", "money", _D(1), "currency units", "元"),
    Unit("10k_money", "money", _D(10_000), "10⁴ currency units", "万元"),
    Unit("M_money", "money", _D(1_000_000), "10⁶ currency units", "百万元"),
    Unit("100M_money", "money", _D(100_000_000), "10⁸ currency units", "亿元"),
    Unit("%", "ratio", _D(1), "%", "%", ("percent", "per cent", "百分比")),
)

UNITS: dict[str, Unit] = {unit.code: unit for unit in _TABLE}
"""Every unit by its code, which is what the database stores."""

_EXACT = Context(prec=50)
LARGEST_AMOUNT = Decimal("1E30")

_POWERS = {"10³": "10^3", "10⁴": "10^4", "10⁶": "10^6", "10⁸": "10^8"}
_IGNORED = str.maketrans("", "", " _-·.,・")


def _spelling(text: str) -> str:
    """`text` without the differences that do not matter: width, case, blanks, dots, raised digits (m³ is m3).

    Powers of ten get a caret first, otherwise 10⁴ t would read as 104 t.
    """
    for raised, plain in _POWERS.items():
        text = text.replace(raised, plain)
    return unicodedata.normalize("NFKC", text).casefold().translate(_IGNORED)


_SPELLINGS: dict[str, Unit] = {
    _spelling(text): unit for unit in _TABLE for text in (unit.code, unit.name_en, unit.name_zh, *unit.aliases)
}


def find_unit(text: str) -> Unit:
    """The unit meant by `text`: a code, a label in either language, or one of the usual spellings."""
    unit = UNITS.get(text) or _SPELLINGS.get(_spelling(text))
    if unit is None:
        raise UnknownUnit(
            _("“%(unit)s” is not a known unit. Known units: %(known)s."),
            unit=text[:40],
            known={
                "en": ", ".join(known.name_en for known in _TABLE),
                "zh": "、".join(known.name_zh for known in _TABLE),
            },
        )
    return unit


def convertible_to(code: str, *, density: Decimal | None = None) -> list[Unit]:
    """Units whose amounts can be turned into the unit `code`: itself first, the others in the table's order."""
    target = find_unit(code)
    dimensions = {"mass", "volume"} if density and target.dimension in ("mass", "volume") else {target.dimension}
    return [target, *(unit for unit in _TABLE if unit.dimension in dimensions and unit is not target)]


def convert(value: Decimal, from_unit: str, to_unit: str, *, density: Decimal | None = None) -> Decimal:
    """`value`, given in `from_unit`, expressed in `to_unit`; exact to 50 digits and not rounded.

    Units are codes or anything `find_unit` understands. `density` (t/m³) is the substance's and allows mass for volume
    and back. Negative amounts are fine: an option may cost energy to save water.
    """
    source, target = find_unit(from_unit), find_unit(to_unit)
    amount = _amount(value)
    if source is target:
        return _plain(amount)
    if source.dimension == target.dimension:
        bridge = Decimal(1)
    elif density and (source.dimension, target.dimension) == ("volume", "mass"):
        bridge = density
    elif density and (source.dimension, target.dimension) == ("mass", "volume"):
        bridge = _EXACT.divide(Decimal(1), density)
    else:
        raise DifferentDimensions(
            _("%(source)s cannot be converted to %(target)s: they measure different things."),
            source=source.names,
            target=target.names,
        )
    total = _EXACT.multiply(_EXACT.multiply(amount, bridge), source.factor)
    return _plain(_EXACT.divide(total, target.factor))


def _amount(value: Decimal) -> Decimal:
    """`value` if it is a finite number of sensible size."""
    try:
        sensible = value.is_finite() and abs(value) < LARGEST_AMOUNT
    except DecimalException:  # a signalling NaN
        sensible = False
    if not sensible:
        raise NotAnAmount(_("“%(value)s” is not a usable amount."), value=str(value)[:40])
    return value


def _plain(value: Decimal) -> Decimal:
    """The same number never written with an exponent to the right: 2E+3 becomes 2000."""
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1), context=_EXACT) if isinstance(exponent, int) and exponent > 0 else value
