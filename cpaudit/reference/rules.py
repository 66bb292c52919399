"""What a GB/T 2260 region code says by itself. Pure: codes in, facts out.

A code has six digits: two for the province, two for the prefecture, two for the county. Unused places are zero, so
210000 is Liaoning, 210500 is Benxi in it, 210502 is a district of Benxi. 100000 stands for the whole nation.
"""

NATION_CODE = "100000"

NATION = "nation"
PROVINCE = "province"
PREFECTURE = "prefecture"
COUNTY = "county"
LEVELS = (NATION, PROVINCE, PREFECTURE, COUNTY)  # from the top

SEPARATOR = "/"


def is_code(text: str) -> bool:
    """True for six ASCII digits that do not start with zero."""
    return len(text) == 6 and text.isascii() and text.isdecimal() and text[0] != "0"


def level_of(code: str) -> str:
    """The level of a region, read off the zeros at the end of its code."""
    if code == NATION_CODE:
        return NATION
    if code.endswith("0000"):
        return PROVINCE
    if code.endswith("00"):
        return PREFECTURE
    return COUNTY


def macro_region_of(code: str) -> int | None:
    """1 to 6 (North, Northeast, East, Center South, Southwest, Northwest): the first digit of the code.

    None for the nation itself and for Taiwan, Hong Kong and Macao (71, 81, 82), which belong to none of the six.
    """
    first = int(code[0])
    return first if code != NATION_CODE and first <= 6 else None


def may_be_parent(parent: str, child: str) -> bool:
    """Whether the codes allow this pair: the parent is of a higher level and the child lies in its number range.

    A county may hang directly under a province: so do the districts of the four municipalities and the counties that
    a province administers itself.
    """
    if parent == NATION_CODE:
        return level_of(child) == PROVINCE
    if level_of(parent) == PROVINCE:
        return level_of(child) in (PREFECTURE, COUNTY) and child[:2] == parent[:2]
    if level_of(parent) == PREFECTURE:
        return level_of(child) == COUNTY and child[:4] == parent[:4]
    return False


def path_of(parent_path: str, code: str) -> str:
    """Codes from the nation down, each followed by a separator: "100000/210000/210500/".

    The separator at the END is what makes a prefix test safe: without it 32 would also match 320.
    """
    return f"{parent_path}{code}{SEPARATOR}"


def codes_on(path: str) -> list[str]:
    """The codes of a path, nation first."""
    return path.split(SEPARATOR)[:-1]
