"""The pages of an audit: what they show to whom, what they keep from whom, and at what cost."""

from __future__ import annotations

import pytest
from django.urls import reverse

from audits.workflow import services
from audits.workflow.models import Audit, Section
from cpaudit.accounts.models import User
from tests.factories.audits import (
    add_rows_of_options,
    all_stages_completed,
    complete,
    engaged,
    later,
    listed,
    make_world,
    started,
    with_team,
)
from tests.factories.people import make_authority, make_centre, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def signed_in(client, user: User):
    client.force_login(user)
    return client


def pages_of(audit: Audit) -> list[str]:
    pk = audit.pk
    names = ["audit-detail", "audit-history", "audit-engage", "audit-thresholds", "team"]
    return [
        *[reverse(f"audits:{name}", args=[pk]) for name in names],
        *[reverse("audits:audit-act", args=[pk, action]) for action in ("decline", "cancel", "self_audit")],
        *[reverse("audits:stage-detail", args=[pk, number]) for number in (1, 7)],
        *[reverse("audits:stage-act", args=[pk, 1, action]) for action in ("reopen", "send_back")],
        reverse("audits:member-remove", args=[pk, audit.team.first().pk]),
    ]


def test_every_page_opens_for_those_it_concerns(client):
    world = make_world()
    audit = started(world)
    add_rows_of_options(audit)
    complete(world, audit, 1, later(10))
    for user in (world.officer, world.manager, world.consultant, make_user(make_centre(), "registrar")):
        signed_in(client, user)
        for address in pages_of(audit):
            assert client.get(address).status_code == 200, (user, address)


def outsiders() -> list[User]:
    other = make_world(region_code="320100")
    return [
        make_user(make_authority(region_code="210100"), "regulator"),
        make_user(make_authority(region_code="210000", industry_sectors=["C22"]), "regulator"),
        other.consultant,
        other.manager,
        make_user(),
    ]


def test_outside_the_jurisdiction_an_audit_does_not_exist(client):
    world = make_world()
    audit = started(world)
    posts = [
        reverse("audits:audit-start", args=[audit.pk]),
        reverse("audits:stage-begin", args=[audit.pk, 2]),
        reverse("audits:stage-complete", args=[audit.pk, 1]),
        reverse("audits:section-write", args=[audit.pk, 1, "plan"]),
        reverse("audits:deliverable-mark", args=[audit.pk, 1, "work_plan"]),
        reverse("audits:work-log", args=[audit.pk, 1]),
        reverse("audits:stage-dates", args=[audit.pk, 1]),
        reverse("audits:stage-file-add", args=[audit.pk, 1]),
    ]
    for user in outsiders():
        signed_in(client, user)
        for address in pages_of(audit):
            assert client.get(address).status_code == 404, (user, address)
        for address in posts:
            assert client.post(address, {"version": 1}).status_code == 404, (user, address)
    assert not Section.objects.exists()


def test_lists_counts_and_searches_do_not_hint_at_other_audits(client):
    audit = started(make_world())
    mine = make_world(region_code="320100")
    own = listed(mine)
    for user in (mine.officer, mine.manager):
        signed_in(client, user)
        for query in ("", f"?q={audit.number}", "?status=in_progress", "?province=210000", "?sort=number"):
            page = client.get(reverse("audits:audit-list") + query)
            if audit.number not in query:  # what was typed comes back in the search field
                assert audit.number not in page.content.decode()
            assert audit not in page.context["rows"].object_list
            assert page.context["rows"].paginator.count == (1 if query in ("", "?sort=number") else 0)
        assert own.number in client.get(reverse("audits:audit-list")).content.decode()
        assert audit.number not in client.get(reverse("home")).content.decode()


def test_a_stranger_is_sent_to_sign_in(client):
    audit = started(make_world())
    for address in [reverse("audits:audit-list"), *pages_of(audit)]:
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


def count_queries(django_assert_max_num_queries, client, address: str) -> int:
    with django_assert_max_num_queries(200) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["audits:audit-list", "home"])
def test_lists_cost_the_same_with_one_and_with_three_audits(client, django_assert_max_num_queries, name):
    world = make_world()
    started(world)
    signed_in(client, world.consultant)
    client.get(reverse(name))
    one = count_queries(django_assert_max_num_queries, client, reverse(name))
    for _ in range(2):
        other = make_world()
        other.consultancy, other.consultant = world.consultancy, world.consultant
        other.leader, other.second = world.leader, world.second
        started(other)
    assert count_queries(django_assert_max_num_queries, client, reverse(name)) == one


def test_an_audits_page_costs_the_same_however_much_is_in_it(client, django_assert_max_num_queries):
    world = make_world()
    audit = started(world)
    addresses = [reverse("audits:audit-detail", args=[audit.pk]), reverse("audits:team", args=[audit.pk])]
    addresses += [reverse("audits:stage-detail", args=[audit.pk, 1])]
    signed_in(client, world.consultant)
    before = [count_queries(django_assert_max_num_queries, client, address) for address in addresses]
    for number in (1, 2):
        complete(world, audit, number, later(10 * number))
    add_rows_of_options(audit)
    after = [count_queries(django_assert_max_num_queries, client, address) for address in addresses]
    assert all(late <= early for early, late in zip(before, after, strict=True)), (before, after)


def test_a_refused_stage_shows_every_finding_with_its_article(client):
    world = make_world()
    audit = started(world)
    stage = audit.stages.get(number=1)
    signed_in(client, world.consultant)
    address = reverse("audits:stage-complete", args=[audit.pk, 1])
    page = client.post(address, {"version": stage.version})
    assert page.status_code == 422
    text = page.content.decode()
    assert "The section “Work plan” is empty." in text
    assert "Item 5" in text
    assert "Manual, step 1.4" in text


def test_text_typed_against_a_newer_version_is_kept_beside_it(client):
    world = make_world()
    audit = started(world)
    stage = audit.stages.get(number=1)
    services.write_section(stage=stage, key="plan", text="their text", version=0, by=world.second_user, at=later(4))
    signed_in(client, world.consultant)
    address = reverse("audits:section-write", args=[audit.pk, 1, "plan"])
    page = client.post(address, {"version": 0, "text": "my text"})
    assert page.status_code == 409
    text = page.content.decode()
    assert "their text" in text
    assert "my text" in text


def test_a_double_click_on_start_starts_once(client):
    world = make_world()
    audit = with_team(world)
    signed_in(client, world.consultant)
    form = {"version": audit.version}
    assert client.post(reverse("audits:audit-start", args=[audit.pk]), form).status_code == 302
    second = client.post(reverse("audits:audit-start", args=[audit.pk]), form)
    assert second.status_code == 409
    assert "started the audit" in second.content.decode()
    assert audit.stages.count() == 7


def test_the_manager_engages_in_the_browser(client):
    world = make_world()
    audit = listed(world)
    signed_in(client, world.manager)
    page = client.get(reverse("audits:audit-engage", args=[audit.pk]))
    assert world.consultancy.body.name in page.content.decode()
    client.post(
        reverse("audits:audit-engage", args=[audit.pk]),
        {"version": audit.version, "consultancy": world.consultancy.pk},
    )
    audit.refresh_from_db()
    assert (audit.status, audit.consultancy) == ("engaged", world.consultancy.body)


def test_the_desk_shows_each_role_what_waits(client):
    world = make_world()
    audit = listed(world)
    assert "Choose who carries out the audit" in signed_in(client, world.manager).get("/").content.decode()
    services.engage(
        audit=audit, consultancy=world.consultancy.body, version=audit.version, by=world.manager, at=later(1)
    )
    assert "Form the team and start" in signed_in(client, world.consultant).get("/").content.decode()


def test_the_desk_asks_each_auditor_once_to_sign(client):
    world = make_world()
    all_stages_completed(world)
    for user in (world.consultant, world.second_user):
        groups = {group.key: group.count for group in signed_in(client, user).get("/").context["groups"]}
        assert groups["sign"] == 1


def test_a_file_is_evidence_of_a_stage_and_seen_by_whom_sees_the_audit(client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    world = make_world()
    audit = started(world)
    signed_in(client, world.consultant)
    upload = SimpleUploadedFile("名单.csv", "姓名,职务\n李雷,组长\n".encode())
    response = client.post(
        reverse("audits:stage-file-add", args=[audit.pk, 1]), {"file": upload, "caption": "Attendance"}
    )
    assert response.status_code == 302
    page = signed_in(client, world.officer).get(reverse("audits:stage-detail", args=[audit.pk, 1]))
    file = page.context["files"][0]
    assert (file.name, file.caption) == ("名单.csv", "Attendance")
    assert client.get(reverse("documents:file-download", args=[file.pk])).status_code == 200
    stranger = make_user(make_authority(region_code="210100"), "regulator")
    assert signed_in(client, stranger).get(reverse("documents:file-download", args=[file.pk])).status_code == 404


def test_engaged_audits_show_in_chinese(client):
    world = make_world()
    audit = engaged(world)
    signed_in(client, world.manager)
    page = client.get(reverse("audits:audit-detail", args=[audit.pk]), headers={"Accept-Language": "zh-hans"})
    assert world.enterprise.body.name_zh in page.content.decode()
    assert "zh-Hans" in page.content.decode()
