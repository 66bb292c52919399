"""The API's description says what the serializers do."""

from pathlib import Path

from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator


def test_inputs_say_that_they_refuse_what_they_do_not_know() -> None:
    components = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    inputs = {name: schema for name, schema in components.items() if name.endswith("Input")}

    assert inputs
    assert [name for name, schema in inputs.items() if schema.get("additionalProperties") is not False] == []


def test_no_component_is_described_by_its_base_class() -> None:
    components = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]

    assert [name for name, schema in components.items() if "plain serializer" in schema.get("description", "")] == []


def test_the_whole_interface_is_described_without_a_warning(tmp_path: Path) -> None:
    """Raises where a view, a field or a name is not understood, and where the result is no valid OpenAPI."""
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_anybody_may_read_the_description(client: Client) -> None:
    answer = client.get("/api/schema/?format=json")

    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.")
