"""The file, its sheet, and kept mappings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from cpaudit.imports.mapping import Target
from cpaudit.imports.models import SavedMapping


class UploadForm(forms.Form):
    """A file and what it holds."""

    target = forms.ChoiceField(label=_("What does the file hold?"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"),
        help_text=_("An Excel workbook (.xlsx) or CSV, with the names of the columns in one row."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.tsv,.txt"}),
    )
    sheet = forms.CharField(
        label=_("Sheet"), required=False, max_length=100, help_text=_("The first one if you leave this empty.")
    )
    header_row = forms.IntegerField(
        label=_("Row with the column names"),
        required=False,
        min_value=1,
        max_value=1_000,
        help_text=_("The first filled row if you leave this empty."),
    )

    def __init__(self, *args: Any, targets: Sequence[Target], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(target.key, gettext_lazy(target.label)) for target in targets]
        self.fields["target"].choices = choices  # type: ignore[attr-defined]


class VersionForm(forms.Form):
    """Carries the version the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class SheetForm(VersionForm):
    """Another sheet or header row of the same file."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    header_row = forms.IntegerField(label=_("Row with the column names"), min_value=1, max_value=1_000)

    def __init__(self, *args: Any, sheets: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sheets:
            self.fields["sheet"].choices = [(name, name) for name in sheets]  # type: ignore[attr-defined]
        else:
            del self.fields["sheet"]


class UseForm(VersionForm):
    """One of the kept mappings."""

    saved = forms.ModelChoiceField(queryset=SavedMapping.objects.none(), label=_("Kept mapping"))

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["saved"].queryset = choices  # type: ignore[attr-defined]


class KeepForm(forms.Form):
    name = forms.CharField(label=_("Keep this mapping as"), max_length=80)
