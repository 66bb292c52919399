"""Our value for each code of the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext

from cpaudit.imports.forms.files import VersionForm

LEFT_OUT = "\x1a"  # a choice of the lookup that no value of ours can be


LONG = 60  # more values than this are typed with suggestions instead of chosen from a list


class LookupForm(VersionForm):
    """Our value for each code the file has."""

    def __init__(
        self,
        *args: Any,
        codes: Sequence[tuple[str, int]],
        lookup: dict[str, str | None],
        values: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.codes, self.lookup = codes, lookup
        self.is_long = len(values) > LONG or not values
        for index, (code, _count) in enumerate(codes):
            label = code or gettext("(empty cell)")
            if self.is_long:
                chosen = "" if lookup.get(code) is None else lookup[code]
                self.fields[f"v{index}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=200,
                    initial=chosen,
                    widget=forms.TextInput(attrs={"list": "lookup-values", "autocomplete": "off"}),
                )
                self.fields[f"o{index}"] = forms.BooleanField(
                    label=gettext("leave out"), required=False, initial=code in lookup and lookup[code] is None
                )
            else:
                options = [("", gettext("– as it stands –")), (LEFT_OUT, gettext("leave out")), *values]
                chosen = LEFT_OUT if code in lookup and lookup[code] is None else lookup.get(code, "") or ""
                self.fields[f"v{index}"] = forms.ChoiceField(
                    label=label, choices=options, required=False, initial=chosen
                )

    def rows(self) -> Iterator[tuple[str, int, Any, Any]]:
        """(code, how often, the value's input, the “leave out” input or None)."""
        for index, (code, count) in enumerate(self.codes):
            yield code, count, self[f"v{index}"], self[f"o{index}"] if self.is_long else None

    def as_lookup(self) -> dict[str, str | None]:
        """Codes that are not on the page keep what they had."""
        shown = {code for code, _count in self.codes}
        found: dict[str, str | None] = {code: value for code, value in self.lookup.items() if code not in shown}
        for index, (code, _count) in enumerate(self.codes):
            value = self.cleaned_data[f"v{index}"]
            if value == LEFT_OUT or self.cleaned_data.get(f"o{index}"):
                found[code] = None
            elif value:
                found[code] = value
        return found
