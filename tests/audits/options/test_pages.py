"""The pages of options: who sees what, what they can press, and that nothing typed is lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from audits.options import services
from audits.options.models import EffectKind, Option
from audits.options.rules import OptionStatus
from audits.options.selectors import summary_for
from cpaudit.accounts.models import User
from cpaudit.documents.models import StoredFile
from tests.factories.options import AT, DEAR, Case, make_case, make_option
from tests.factories.people import make_centre, make_user
from tests.factories.reference import metric

pytestmark = pytest.mark.django_db
D, S = Decimal, OptionStatus
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def case() -> Case:
    return make_case()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def list_url(case: Case) -> str:
    return reverse("audits:option-list", args=[case.audit.pk])


def url_of(option: Option, name: str = "option-detail", *more: object) -> str:
    return reverse(f"audits:{name}", args=[option.audit_id, option.pk, *more])


def act_url(option: Option, deed: str) -> str:
    return url_of(option, "option-act", deed)


def fresh(option: Option) -> Option:
    return Option.objects.get(pk=option.pk)


# --- The table ------------------------------------------------------------------------------------------------------
def test_the_table_shows_planned_beside_actual_and_exact_totals(case: Case) -> None:
    make_option(case, S.IMPLEMENTED, title="Insulate the steam line")
    make_option(case, planned_investment=D("0.10"), planned_benefit=D("0.20"))
    page = as_(case.regulator).get(list_url(case)).content.decode()
    assert "Insulate the steam line" in page
    assert "20,000.10" in page  # 20,000 + 0.10, not a float's 20,000.099999…
    assert "8,000.20" in page
    assert "18,000" in page


def test_filters_narrow_the_table_and_its_totals(case: Case) -> None:
    make_option(case, S.FEASIBLE, title="Cheap one", aspect="waste")
    make_option(case, title="Dear one", planned_investment=DEAR, other_aspects=["waste"])
    make_option(case, title="Third one", planned_investment=None, aspect="product")
    client = as_(case.consultant)
    for query, titles in [
        ("", {"Cheap one", "Dear one", "Third one"}),
        ("status=feasible", {"Cheap one"}),
        ("cost_class=high", {"Dear one"}),
        ("cost_class=unknown", {"Third one"}),
        ("aspect=waste", {"Cheap one", "Dear one"}),
        ("q=dear", {"Dear one"}),
        ("q=03", {"Third one"}),
        ("sort=-planned_investment", {"Cheap one", "Dear one", "Third one"}),
        ("overdue=true", set()),
    ]:
        page = client.get(f"{list_url(case)}?{query}").content.decode()
        assert {title for title in ("Cheap one", "Dear one", "Third one") if title in page} == titles, query


def test_filters_survive_paging(case: Case) -> None:
    Option.objects.bulk_create(
        Option(audit=case.audit, code=f"{n:03}", title=f"No. {n}", cost_class="low") for n in range(60)
    )
    page = as_(case.consultant).get(f"{list_url(case)}?cost_class=low&page=2").content.decode()
    assert "No. 59" in page
    assert "cost_class=low&amp;page=1" in page or "page=1&amp;cost_class=low" in page


def test_what_is_late_is_said_in_days(case: Case) -> None:
    late = timezone.localdate() - dt.timedelta(days=3)
    make_option(case, S.IN_PROGRESS, due_on=late)
    page = as_(case.manager).get(f"{list_url(case)}?overdue=true").content.decode()
    assert "3 days overdue" in page


def test_an_empty_register_says_what_to_do(case: Case) -> None:
    assert "Propose the first one" in as_(case.consultant).get(list_url(case)).content.decode()
    assert "Propose the first one" not in as_(case.regulator).get(list_url(case)).content.decode()


def test_the_export_is_whole_filtered_and_runs_no_formula(case: Case) -> None:
    make_option(case, title="=HYPERLINK(1)", planned_benefit=D(-5))
    make_option(case, title="Other", planned_investment=DEAR)
    url = reverse("audits:option-export", args=[case.audit.pk])
    response = as_(case.regulator).get(f"{url}?cost_class=low")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert response["Content-Disposition"] == f'attachment; filename="options-{case.audit.number}.csv"'
    lines = text.splitlines()
    assert len(lines) == 2
    assert "'=HYPERLINK(1)" in lines[1]
    assert ",-5.00," in lines[1]


# --- Queries and leaks ----------------------------------------------------------------------------------------------
PAGES = ["audits:option-list", "audits:option-export"]


@pytest.mark.parametrize("name", PAGES)
def test_lists_cost_the_same_for_one_and_for_three(
    case: Case, name: str, django_assert_num_queries: object, django_assert_max_num_queries: object
) -> None:
    counts = []
    for number in (1, 2):
        for _each in range(number):
            make_option(case, S.IMPLEMENTED)
        with django_assert_max_num_queries(40) as captured:
            b"".join(as_(case.regulator).get(reverse(name, args=[case.audit.pk])))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_my_options_cost_the_same_for_one_and_for_three(case: Case, django_assert_max_num_queries: object) -> None:
    counts = []
    for number in (1, 2):
        for _each in range(number):
            make_option(case, S.IN_PROGRESS)
        with django_assert_max_num_queries(30) as captured:
            as_(case.staff).get(reverse("audits:my-options"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_one_option_costs_the_same_for_one_effect_and_for_three(
    case: Case, django_assert_max_num_queries: object
) -> None:
    option, counts = make_option(case), []
    for codes in (["cod"], ["so2", "electricity"]):
        for code in codes:
            services.record_effect(
                option=option, kind=EffectKind.EXPECTED, metric=metric(code), amount=D(1),
                unit=metric(code).unit, method="estimated", version=fresh(option).version, by=case.consultant, at=AT,
            )  # fmt: skip
        with django_assert_max_num_queries(40) as captured:
            as_(case.regulator).get(url_of(option))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_another_jurisdiction_sees_nothing_at_all(case: Case) -> None:
    late = timezone.localdate() - dt.timedelta(days=3)
    option = make_option(case, S.IN_PROGRESS, title="Secret recipe", due_on=late)
    file = services.add_evidence(
        option=option, upload=SimpleUploadedFile("invoice.pdf", PDF), by=case.consultant, at=AT
    )
    elsewhere = make_case(region_code="440300")
    own = make_option(elsewhere, title="Own one")
    addresses = [
        list_url(case), reverse("audits:option-export", args=[case.audit.pk]),
        reverse("audits:option-add", args=[case.audit.pk]), reverse("audits:audit-thresholds", args=[case.audit.pk]),
        url_of(option), url_of(option, "option-edit"), act_url(option, "progress"),
        url_of(option, "effect-record", "measured"), url_of(option, "evidence-remove", file.pk),
        reverse("documents:file-download", args=[file.pk]),
        # His own audit's address with another audit's option.
        reverse("audits:option-detail", args=[elsewhere.audit.pk, option.pk]),
    ]  # fmt: skip
    for stranger in (elsewhere.regulator, elsewhere.consultant, elsewhere.manager, elsewhere.staff):
        client = as_(stranger)
        for address in addresses:
            assert client.get(address).status_code == 404, address
        assert client.post(act_url(option, "progress"), {"version": option.version, "progress": 1}).status_code == 404
        assert "Secret recipe" not in client.get(reverse("audits:my-options")).content.decode()
    assert as_(elsewhere.regulator).get(url_of(own)).status_code == 200
    assert "Secret recipe" in as_(case.regulator).get(reverse("audits:my-options")).content.decode()
    assert "Secret recipe" in as_(make_user(make_centre())).get(url_of(option)).content.decode()


def test_who_is_not_signed_in_is_sent_to_the_door(case: Case) -> None:
    option = make_option(case)
    for address in (list_url(case), url_of(option), act_url(option, "start"), reverse("audits:my-options")):
        response = Client().get(address)
        assert response.status_code == 302
        assert "/sign-in/" in response["Location"]


# --- Proposing, editing, screening ----------------------------------------------------------------------------------
def test_proposing_and_one_more(case: Case) -> None:
    client = as_(case.consultant)
    url = reverse("audits:option-add", args=[case.audit.pk])
    response = client.post(url, {"title": "Repair taps", "planned_investment": "0", "other_aspects": ["waste"]})
    option = Option.objects.get()
    assert (option.code, option.cost_class, option.other_aspects) == ("01", "no", ["waste"])
    assert response["Location"] == url_of(option)
    assert client.post(url, {"title": "Next", "more": "1"})["Location"] == url


def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(case: Case) -> None:
    make_option(case, code="A1")
    url = reverse("audits:option-add", args=[case.audit.pk])
    response = as_(case.consultant).post(url, {"title": "Kept title", "code": "A1"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "already" in page
    assert "Kept title" in page


def test_an_edit_that_came_second_keeps_what_was_typed_and_says_what_happened(case: Case) -> None:
    option = make_option(case)
    client = as_(case.consultant)
    services.change_option(
        option=option, changes={"title": "Faster"}, version=option.version, by=case.consultant, at=AT
    )
    response = client.post(url_of(option, "option-edit"), {"title": "Slower", "version": option.version})
    page = response.content.decode()
    assert response.status_code == 409
    assert "somebody was faster" in page
    assert "Slower" in page
    assert fresh(option).title == "Faster"


def test_screening_asks_verdict_and_reason(case: Case) -> None:
    option = make_option(case)
    client = as_(case.consultant)
    assert "Screened out" in client.get(act_url(option, "screen")).content.decode()
    response = client.post(act_url(option, "screen"), {"version": option.version, "feasible": "no", "reason": ""})
    assert (response.status_code, fresh(option).status) == (200, S.PROPOSED)
    client.post(act_url(option, "screen"), {"version": option.version, "feasible": "no", "reason": "Too slow"})
    assert (fresh(option).status, fresh(option).screening_reason) == (S.SCREENED_OUT, "Too slow")


def test_the_authority_reads_and_can_press_nothing(case: Case) -> None:
    option = make_option(case)
    page = as_(case.regulator).get(url_of(option)).content.decode()
    assert "/do/" not in page
    assert "/edit/" not in page
    assert as_(case.regulator).post(act_url(option, "screen"), {
        "version": option.version, "feasible": "yes", "reason": "No",
    }).status_code == 403  # fmt: skip
    assert as_(case.regulator).post(url_of(option, "option-edit"), {
        "version": option.version, "title": "No",
    }).status_code == 403  # fmt: skip


def test_buttons_are_those_that_work(case: Case) -> None:
    """Each deed offered on a page is accepted, for every status and everybody."""
    for status in (S.PROPOSED, S.SCREENED_OUT, S.FEASIBLE, S.IN_PROGRESS, S.IMPLEMENTED, S.ABANDONED):
        option = make_option(case, status)
        for person in (case.consultant, case.manager, case.staff):
            page = as_(person).get(url_of(option)).content.decode()
            for deed in ("start", "progress", "implement", "results", "abandon", "reopen", "undo-screening", "remove"):
                offered = act_url(option, deed) in page
                posted = {
                    "version": option.version, "progress": 50, "reason": "Because", "implemented_on": "2026-11-01",
                    "actual_investment": "5", "actual_benefit": "7",
                }  # fmt: skip
                before = Option.objects.filter(pk=option.pk).values().get()
                response = as_(person).post(act_url(option, deed), posted)
                assert (response.status_code == 302) == offered, (status, person, deed, response.status_code)
                if offered:
                    Option.objects.filter(pk=option.pk).delete()
                    Option.objects.create(**before)


# --- Carrying out ---------------------------------------------------------------------------------------------------
def test_the_enterprise_carries_an_option_from_start_to_implemented(case: Case) -> None:
    option = make_option(case, S.APPROVED, planned_investment=DEAR)
    client = as_(case.staff)
    client.post(act_url(option, "start"), {"version": option.version})
    option = fresh(option)
    client.post(
        act_url(option, "progress"),
        {"version": option.version, "progress": "60", "note": "Pump", "actual_investment": "1000.5"},
    )
    option = fresh(option)
    assert (option.status, option.progress, option.actual_investment) == (S.IN_PROGRESS, 60, D("1000.50"))
    effect_url = url_of(option, "effect-record", "measured")
    assert "Chemical oxygen demand" in client.get(effect_url).content.decode()
    form = client.get(f"{effect_url}?metric=cod").content.decode()
    assert 'value="kg"' in form
    assert 'value="kWh"' not in form
    client.post(
        f"{effect_url}?metric=cod",
        {"version": option.version, "amount": "120", "unit": "kg", "method": "measured",
         "file": SimpleUploadedFile("report.pdf", PDF, "application/pdf")},
    )  # fmt: skip
    option = fresh(option)
    assert option.effects.get().amount == D("0.12")
    response = client.post(
        act_url(option, "implement"),
        {"version": option.version, "implemented_on": "2026-11-20", "actual_investment": "880000"},
    )
    assert response.status_code == 302
    page = client.get(url_of(option)).content.decode()
    assert fresh(option).status == S.IMPLEMENTED
    assert "report.pdf" in page
    assert "97.8%" in page  # 880,000 of 900,000


def test_findings_stand_above_the_form_and_nothing_typed_is_lost(case: Case) -> None:
    option = make_option(case, S.APPROVED, planned_investment=DEAR)
    response = as_(case.staff).post(
        act_url(option, "implement"),
        {"version": option.version, "implemented_on": "2026-11-20", "actual_investment": "77123.45"},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Not met" in page
    assert "step 6.3" in page
    assert "77123.45" in page
    assert fresh(option).status == S.APPROVED


def test_a_wrong_file_is_told_beside_its_field(case: Case) -> None:
    option = make_option(case, S.APPROVED)
    response = as_(case.staff).post(
        url_of(option, "evidence-add"), {"file": SimpleUploadedFile("x.exe", b"MZ\x90\x00"), "caption": "x"}
    )
    assert response.status_code == 400
    assert "type of file" in response.content.decode()


def test_evidence_is_added_and_removed(case: Case) -> None:
    option = make_option(case, S.APPROVED)
    client = as_(case.staff)
    client.post(url_of(option, "evidence-add"), {"file": SimpleUploadedFile("a.pdf", PDF), "caption": "Invoice"})
    page = client.get(url_of(option)).content.decode()
    assert "a.pdf · Invoice" in page
    (file,) = StoredFile.objects.about(case.audit)
    assert client.get(reverse("documents:file-download", args=[file.pk])).status_code == 200
    assert "out of sight" in client.get(url_of(option, "evidence-remove", file.pk)).content.decode()
    client.post(url_of(option, "evidence-remove", file.pk))
    assert "a.pdf · Invoice" not in client.get(url_of(option)).content.decode()


def test_an_effect_is_removed_after_asking(case: Case) -> None:
    option = make_option(case)
    effect = services.record_effect(
        option=option, kind=EffectKind.EXPECTED, metric=metric("cod"), amount=D(1), unit="t", method="estimated",
        version=option.version, by=case.consultant, at=AT,
    )  # fmt: skip
    client = as_(case.consultant)
    url = url_of(option, "effect-remove", effect.pk)
    assert "timeline keeps" in client.get(url).content.decode()
    client.post(url, {"version": fresh(option).version})
    assert not option.effects.exists()


def test_removing_leads_back_to_the_register(case: Case) -> None:
    option = make_option(case)
    client = as_(case.consultant)
    assert "What happens then" in client.get(act_url(option, "remove")).content.decode()
    assert client.post(act_url(option, "remove"), {"version": option.version})["Location"] == list_url(case)
    assert not Option.objects.exists()


@pytest.mark.parametrize("address", ["do/unknown/", "effects/guessed/", "effects/measured/?metric=nothing"])
def test_addresses_that_mean_nothing_are_404(case: Case, address: str) -> None:
    option = make_option(case)
    assert as_(case.consultant).get(url_of(option) + address).status_code == 404


# --- Cost classes, overview -----------------------------------------------------------------------------------------
def test_new_cost_classes_class_the_register_anew(case: Case) -> None:
    option = make_option(case)
    url = reverse("audits:audit-thresholds", args=[case.audit.pk])
    client = as_(case.consultant)
    assert "classed anew" in client.get(url).content.decode()
    assert client.post(url, {"version": case.audit.version, "low_max": "9", "medium_max": "8"}).status_code == 400
    client.post(url, {"version": case.audit.version, "low_max": "10", "medium_max": "50000"})
    assert fresh(option).cost_class == "medium"
    case.complete_stage_4()
    case.audit.refresh_from_db()
    refused = client.post(url, {"version": case.audit.version, "low_max": "10", "medium_max": "50000"})
    assert refused.status_code == 422


def test_each_follows_what_is_his_to_follow(case: Case) -> None:
    late = timezone.localdate() - dt.timedelta(days=1)
    make_option(case, S.IN_PROGRESS, title="Late one", due_on=late)
    make_option(case, S.IN_PROGRESS, title="Timely one", due_on=late + dt.timedelta(days=30))
    make_option(case, S.IMPLEMENTED, title="Done one", due_on=late)
    seen = {}
    for name in ("manager", "staff", "regulator", "consultant"):
        page = as_(getattr(case, name)).get(reverse("audits:my-options")).content.decode()
        seen[name] = [title for title in ("Late one", "Timely one", "Done one") if title in page]
    assert seen["manager"] == seen["staff"] == ["Late one", "Timely one"]
    assert seen["regulator"] == seen["consultant"] == ["Late one"]


def test_pages_speak_chinese(case: Case) -> None:
    option = make_option(case, S.IN_PROGRESS)
    client = as_(case.staff)
    client.cookies["django_language"] = "zh-hans"
    with override("en"):  # a request leaves its language behind in the thread
        for address in (list_url(case), url_of(option), act_url(option, "progress"), reverse("audits:my-options")):
            response = client.get(address)
            assert response.status_code == 200
            assert 'lang="zh-Hans"' in response.content.decode()


def test_the_audits_page_shows_its_options_at_a_glance(case: Case) -> None:
    late = timezone.localdate() - dt.timedelta(days=1)
    make_option(case, S.IN_PROGRESS, due_on=late)
    make_option(case, S.IMPLEMENTED)
    page = as_(case.regulator).get(reverse("audits:audit-detail", args=[case.audit.pk])).content.decode()
    assert f"{list_url(case)}?status=implemented" in page
    assert f"{list_url(case)}?overdue=true" in page
    assert "40,000" in page  # planned investment of both


def test_the_glance_costs_the_same_for_one_and_for_three(case: Case, django_assert_num_queries: object) -> None:
    for number in (1, 2):
        for _each in range(number):
            make_option(case, S.IMPLEMENTED)
        with django_assert_num_queries(2):
            assert summary_for(case.audit, on=timezone.localdate()).count
