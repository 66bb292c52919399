"""What holds for every address there is, found by walking the URL table: a new one cannot be forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from cpaudit.web.idempotency import idempotent
from tests.factories.audits import add_rows_of_options, make_world, started
from tests.factories.people import make_authority, make_consultancy, make_enterprise, make_user

WRITING = ("post", "put", "patch", "delete")
MAY_BE_MISSING = {"member", "entry", "effect", "file", "member_pk", "entry_pk", "file_pk"}


def routes(patterns: list | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, prefix + str(entry.pattern))
        else:
            yield prefix + str(entry.pattern), entry


def test_every_writing_call_over_rest_may_be_repeated_under_a_key():
    def sample(view, request): ...

    wrapper = idempotent(sample).__code__
    forgotten = [
        f"{method.upper()} {route}"
        for route, entry in routes()
        if route.startswith("api/v1/") and (view := getattr(entry.callback, "cls", None))
        for method in WRITING
        if (found := getattr(view, method, None)) and found.__code__ is not wrapper
    ]
    assert not forgotten


def address(route: str, values: dict[str, object]) -> str | None:
    """The route with the values of one audit in it; None for a place that is not one of an audit."""
    parts = []
    for part in route.split("/"):
        if part.startswith("<"):
            name = part.strip("<>").rpartition(":")[2]
            value = 1 if name in MAY_BE_MISSING else values.get(name)
            if value is None:
                return None
            parts.append(str(value))
        else:
            parts.append(part)
    return "/" + "/".join(parts)


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_no_address_of_an_audit_or_enterprise_answers_strangers(client):
    """An authority, a consultancy and an enterprise elsewhere get 404 on each, and no list tells of them."""
    world = make_world()
    audit = started(world)
    option = add_rows_of_options(audit)[0]
    common = {"option_pk": option.pk, "code": option.code, "version": 1, "language": "en", "action": "reopen"}
    places = {
        "api/v1/audits/": common | {"number": audit.number, "stage": 1, "key": "plan"},
        "api/v1/enterprises/": {"pk": world.enterprise.pk, "year": 2025},
        "audits/": common | {"pk": audit.pk, "number": 1, "key": "plan"},
        "enterprises/": {"pk": world.enterprise.pk, "year": 2025},
    }
    secrets = [audit.number, world.enterprise.body.name_en, world.enterprise.body.name_zh, option.title]
    asked = 0
    for stranger in (
        make_user(make_authority(region_code="320000"), "regulator"),
        make_user(make_consultancy(), "consultancy_manager"),
        make_user(make_enterprise(region_code="320500"), "enterprise_manager"),
    ):
        client.force_login(stranger)
        for route, entry in routes():
            values = next((found for start, found in places.items() if route.startswith(start)), {})
            where = address(route, values)
            if where is None or not route.startswith(("api/v1/", "audits/", "enterprises/", "options/", "listings/")):
                continue
            response = client.get(where)
            body = b"".join(response) if response.streaming else response.content
            told = [secret for secret in secrets if secret in body.decode(errors="replace")]
            assert not told, f"{where} tells {stranger} of {told}"
            view = getattr(entry.callback, "cls", None)
            for method in WRITING if "<" in route else ():
                if hasattr(view, method):
                    refused = getattr(client, method)(where, {}, content_type="application/json")
                    assert refused.status_code == 404, f"{method} {where} answers {stranger} {refused.status_code}"
            if "<" in route:
                assert response.status_code in {404, 405}, f"{where} answers {stranger} {response.status_code}"
            asked += 1
    assert asked > 150
