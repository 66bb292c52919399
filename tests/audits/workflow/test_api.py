"""An audit over REST: what it refuses and does not tell."""

from __future__ import annotations

import pytest

from audits.workflow.models import TeamMember
from tests.factories.audits import engaged, listed, make_auditor, make_world
from tests.factories.people import make_consultancy, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def test_an_auditor_of_others_is_as_unknown_as_none(client):
    """Whoever forms a team learns neither the name of another organisation's auditor nor that there is one."""
    world = make_world()
    audit = engaged(world)
    elsewhere = make_consultancy()
    stranger = make_auditor(elsewhere.body, make_user(elsewhere, "consultant"))
    client.force_login(world.consultant)
    answers = []
    for pk in (stranger.pk, 999_999):
        response = client.post(
            f"/api/v1/audits/{audit.number}/team/", {"auditor": pk}, content_type="application/json"
        )  # fmt: skip
        answers.append((response.status_code, response.content.decode().replace(str(pk), "…")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 400
    assert not TeamMember.objects.exists()


def test_a_consultancy_that_waits_for_its_affirmation_is_unknown_to_enterprises(client):
    world = make_world()
    audit = listed(world)
    waiting = make_consultancy(affirmed_on=None)
    client.force_login(world.manager)
    response = client.post(
        f"/api/v1/audits/{audit.number}/engage/", {"consultancy": waiting.pk, "version": audit.version},
        content_type="application/json",
    )  # fmt: skip
    assert response.status_code == 400
    assert waiting.body.name_en not in response.content.decode()


def test_audits_are_not_filtered_by_values_nobody_knows(client):
    world = make_world()
    listed(world)
    client.force_login(world.officer)
    assert len(client.get("/api/v1/audits/", {"status": "planned"}).json()["results"]) == 1
    for unknown in ({"status": "burnt"}, {"year": "soon"}, {"province": "xx"}):
        response = client.get("/api/v1/audits/", unknown)
        assert response.status_code == 400
        assert next(iter(unknown)) in response.content.decode()
