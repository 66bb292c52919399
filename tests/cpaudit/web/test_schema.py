"""The API's description says what the serializers do."""

from drf_spectacular.generators import SchemaGenerator


def test_inputs_say_that_they_refuse_what_they_do_not_know() -> None:
    components = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    inputs = {name: schema for name, schema in components.items() if name.endswith("Input")}

    assert inputs
    assert [name for name, schema in inputs.items() if schema.get("additionalProperties") is not False] == []


def test_no_component_is_described_by_its_base_class() -> None:
    components = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]

    assert [name for name, schema in components.items() if "plain serializer" in schema.get("description", "")] == []
