"""How forms are rendered: every field through one field-group template with its label, help, errors and aria ties."""

from __future__ import annotations

from typing import Any, TypeVar

from django.forms import DateInput, Field, Form
from django.forms.renderers import BaseRenderer, DjangoTemplates, TemplatesSetting
from django.template import TemplateDoesNotExist

from cpaudit.rulebook.errors import Invalid
from cpaudit.web.findings import refusal_sentence, translated

F = TypeVar("F", bound=Field)


def with_unit(field: F, unit: str) -> F:
    """The field with its unit shown beside the widget: `with_unit(DecimalField(label=…), "CNY")`."""
    vars(field)["unit"] = unit
    return field


class Renderer(TemplatesSetting):
    """The project's own templates first, then those Django ships for its widgets."""

    form_template_name = "components/form_fields.html"
    field_template_name = "components/field.html"
    shipped: BaseRenderer = DjangoTemplates()

    def get_template(self, template_name: str) -> Any:
        try:
            return super().get_template(template_name)
        except TemplateDoesNotExist:
            return self.shipped.get_template(template_name)


class DayInput(DateInput):
    """The browser's own date field; its value is always ISO."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def show_errors(form: Form, invalid: Invalid) -> None:
    """Put what a service found wrong beside the fields, so that nothing typed is lost."""
    for name, sentences in invalid.errors.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, translated(str(sentence)))
    if not invalid.errors:
        form.add_error(None, refusal_sentence(invalid))
