"""What changed between two frozen contents, record by record and field by field. Pure.

A record is recognised by what people call it (an option by its code, a member by certificate or name, a section by its
stage and key), so that a renumbered team or a re-sorted list is no change.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Record = Mapping[str, Any]
LONG = 60
"""From this length on a changed text is shown word by word."""
WORDS = re.compile(r"[一-鿿㐀-䶿]|[^\W一-鿿㐀-䶿]+\s*|[^\w\s]|\s+")
"""A Chinese character is a word of its own; white space belongs to the word before it."""
MAX_WORDS = 6_000
"""Beyond this, comparing word by word takes too long; the two texts stand one under the other."""


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, came (`added`) or went (`removed`)."""

    text: str
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record. For a whole record that came or went, `field` is empty and the value is the record."""

    group: str
    record: str
    kind: Kind
    field: str = ""
    old: Any = None
    new: Any = None

    @property
    def pieces(self) -> list[Piece]:
        """The inline difference of a long text; empty where old and new are better shown one beside the other."""
        if self.kind is not Kind.CHANGED or not (isinstance(self.old, str) and isinstance(self.new, str)):
            return []
        if max(len(self.old), len(self.new)) < LONG:
            return []
        return words_changed(self.old, self.new)


def diff_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Every change from one content to the other, in the order of the report; empty for equal contents."""
    before, after = records_of(old), records_of(new)
    changes: list[Change] = []
    for key in [*after, *(key for key in before if key not in after)]:
        group, record = key
        if key not in before:
            changes.append(Change(group, record, Kind.ADDED, new=after[key]))
        elif key not in after:
            changes.append(Change(group, record, Kind.REMOVED, old=before[key]))
        else:
            changes += _fields_changed(group, record, before[key], after[key])
    order = {group: place for place, group in enumerate(GROUPS)}
    return sorted(changes, key=lambda change: order[change.group])


def _fields_changed(group: str, record: str, old: Record, new: Record) -> Iterator[Change]:
    for field in [*new, *(field for field in old if field not in new)]:
        if old.get(field) != new.get(field):
            yield Change(group, record, Kind.CHANGED, field, old.get(field), new.get(field))


GROUPS: tuple[str, ...] = (
    *("audit", "enterprise", "authority", "consultancy", "listing", "thresholds"),
    *("team", "hours", "stage", "section", "figure", "option", "effect", "file"),
)
"""In the order of the report."""


def records_of(content: Mapping[str, Any]) -> dict[tuple[str, str], Record]:
    """The content as flat records under (group, what people call it)."""
    found: dict[tuple[str, str], Record] = {}
    for group, record, fields in _walk(content):
        # Two records of one name (two files, two members) are told apart by their order.
        name, times = record, 1
        while (group, name) in found:
            times += 1
            name = f"{record} ({times})"
        found[group, name] = fields
    return found


def _walk(content: Mapping[str, Any]) -> Iterator[tuple[str, str, Record]]:
    names = {member["place"]: _member_name(member) for member in content["team"]}
    yield "audit", content["audit"]["number"], content["audit"]
    for key in ("enterprise", "authority", "consultancy", "listing"):
        if content[key]:
            yield key, "", content[key]
    yield "thresholds", "", content["thresholds"]
    for member in content["team"]:
        fields = {key: value for key, value in member.items() if key not in {"place", "guide", "registration"}}
        guide = {"guide": names.get(member["guide"])}
        yield "team", _member_name(member), {**fields, **guide, **(member["registration"] or {})}
    for row in content["hours"]:
        fields = {key: row[key] for key in ("hours", "first_on", "last_on")}
        yield "hours", f"{names[row['member']]}/{row['field']}", fields
    for stage in content["stages"]:
        done = {f"deliverable/{each['key']}": each["done"] for each in stage["deliverables"]}
        yield "stage", str(stage["number"]), {**{k: stage[k] for k in ("started_on", "finished_on")}, **done}
        for section in stage["sections"]:
            yield "section", f"{stage['number']}/{section['key']}", {"text": section["text"]}
    for figure in content["figures"]:
        for row in figure["years"]:
            yield "figure", f"{figure['metric']['code']}/{row['year']}", {**row, "metric": figure["metric"]}
    for option in content["options"]:
        yield "option", option["code"], {key: value for key, value in option.items() if key not in {"code", "effects"}}
        for effect in option["effects"]:
            fields = {key: value for key, value in effect.items() if key != "kind"}
            yield "effect", f"{option['code']}/{effect['metric']['code']}/{effect['kind']}", fields
    for file in content["files"]:
        yield "file", f"{file['part']}/{file['name']}", {k: v for k, v in file.items() if k not in {"part", "name"}}


def _member_name(member: Mapping[str, Any]) -> str:
    return member["names"]["en"] or member["names"]["zh"]


def words_changed(old: str, new: str) -> list[Piece]:
    """The two texts as one, with what went and what came marked."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    if len(before) + len(after) > MAX_WORDS:
        return [Piece(old, Kind.REMOVED), Piece(new, Kind.ADDED)]
    pieces: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        gone, came = "".join(before[old_from:old_to]), "".join(after[new_from:new_to])
        if tag == "equal":
            pieces.append(Piece(gone))
            continue
        if gone:
            pieces.append(Piece(gone, Kind.REMOVED))
        if came:
            pieces.append(Piece(came, Kind.ADDED))
    return pieces
