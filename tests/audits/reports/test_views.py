"""The report's pages: who sees what, and that each act works without scripts."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.options.models import Option
from audits.reports import services
from audits.reports.models import Filing, Signature
from audits.reports.selectors import draft_of
from audits.workflow.models import Audit, Decision, Section
from audits.workflow.rules.transitions import Action
from cpaudit.documents.models import Purpose
from cpaudit.documents.services import store_made
from cpaudit.jobs.models import JobState
from tests.factories.audits import all_stages_completed, later, make_world
from tests.factories.people import PASSWORD, make_authority, make_consultancy, make_enterprise, make_user
from tests.factories.reports import decided, file, filed, rendering, sign, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def page(client, user, name, *args, **data):
    client.force_login(user)
    return client.get(reverse(f"audits:{name}", args=args), data)


def post(client, user, name, *args, **data):
    client.force_login(user)
    return client.post(reverse(f"audits:{name}", args=args), data)


def print_pdf(filing, language="en", body=b"%PDF-1.7 a secret of one enterprise"):
    """A finished PDF without the renderer."""
    stored = store_made(
        thing=filing, content=body, name="report.pdf", content_type="application/pdf", purpose=Purpose.REPORT,
        by=None, at=timezone.now(),
    )  # fmt: skip
    filing.renderings.filter(language=language).update(state=JobState.DONE, stored=stored)


# --- Reading --------------------------------------------------------------------------------------------------------
def test_before_filing_the_page_says_who_must_sign_and_what_is_missing(world, client):
    audit = all_stages_completed(world)
    sign(audit, world.consultant)
    text = page(client, world.consultant, "report-detail", audit.pk).text
    assert "Not signed yet" in text
    assert "has not signed the declaration yet" in text
    assert draft_of(audit).hash in text


def test_second_auditor_is_asked_to_sign(world, client):
    audit = all_stages_completed(world)
    text = page(client, world.second_user, "report-detail", audit.pk).text
    assert reverse("audits:report-sign", args=[audit.pk]) in text
    assert reverse("audits:report-file", args=[audit.pk]) not in text


def test_void_signature_is_seen(world, client):
    audit = signed(world)
    Section.objects.filter(stage__audit=audit, key="causes").update(text="Changed afterwards")
    text = page(client, world.consultant, "report-detail", audit.pk).text
    assert text.count("No longer holds") == 2


def test_preview_shows_the_whole_report(world, client):
    audit = all_stages_completed(world)
    text = page(client, world.manager, "report-preview", audit.pk).text
    assert "Replace the quench furnace" in text
    assert "Leadership commitment" in text


def test_preview_of_a_filed_report_is_not_there(world, client):
    audit = filed(world).audit
    assert page(client, world.consultant, "report-preview", audit.pk).status_code == 404


def test_filed_content_is_shown_as_it_was_filed(world, client):
    filing = filed(world)
    Option.objects.filter(audit=filing.audit, code="02").update(title="Something quite different")
    text = page(client, world.officer, "filing-detail", filing.audit_id, 1).text
    assert "Recover condensate" in text
    assert "Something quite different" not in text


def test_difference_between_versions_is_shown_word_by_word(world, client):
    filing = decided(world, Action.RETURN)
    section = Section.objects.get(stage__audit=filing.audit, key="balance")
    Section.objects.filter(pk=section.pk).update(
        text=section.text + " The deviation of water is explained by the blow-down."
    )
    sign(filing.audit, world.consultant, later(95))
    sign(filing.audit, world.second_user, later(95))
    file(filing.audit, world.consultant, later(96))
    text = page(client, world.officer, "filing-diff", filing.audit_id, 2).text
    assert "What changed from version 1 to version 2" in text
    assert "Balances" in text
    assert "explained by the blow-down" in text
    assert page(client, world.officer, "filing-diff", filing.audit_id, 1).status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_is_there_in_both_languages(world, client, language):
    filing = decided(world, Action.RETURN)
    audit = filing.audit
    client.cookies["django_language"] = language
    for user in (world.officer, world.consultant, world.manager):
        assert page(client, user, "report-detail", audit.pk).status_code == 200
        assert page(client, user, "filing-detail", audit.pk, 1).status_code == 200
    assert page(client, world.consultant, "report-preview", audit.pk).status_code == 200
    assert page(client, world.consultant, "report-sign", audit.pk).status_code == 200
    assert page(client, world.officer, "report-decide", audit.pk, 1).status_code == 200


# --- Leaks ----------------------------------------------------------------------------------------------------------
READING = [
    ("report-detail", ()), ("report-preview", ()), ("report-sign", ()), ("report-file", ()), ("report-take-back", ()),
    ("report-close", ()), ("filing-detail", (1,)), ("filing-diff", (2,)), ("report-decide", (1,)),
    ("pdf-download", (1, "en")), ("pdf-status", (1, "en")),
]  # fmt: skip


def strangers():
    return [
        make_user(make_authority(region_code="320000"), "regulator"),
        make_user(make_authority(region_code="210500", industry_sectors=["C17"]), "regulator"),
        make_user(make_consultancy(), "consultancy_manager"),
        make_user(make_enterprise(), "enterprise_manager"),
        make_user(),
    ]


@pytest.mark.parametrize(("name", "args"), READING)
def test_outside_the_jurisdiction_nothing_is_there(world, client, name, args):
    filing = filed(world)
    print_pdf(filing)
    for stranger in strangers():
        response = page(client, stranger, name, filing.audit_id, *args)
        assert response.status_code == 404
        assert filing.audit.number not in response.text


def test_pdf_is_handed_out_to_those_concerned_only(world, client):
    filing = filed(world)
    print_pdf(filing)
    for user in (world.officer, world.consultant, world.manager):
        response = page(client, user, "pdf-download", filing.audit_id, 1, "en")
        assert response.status_code == 200
        assert b"a secret of one enterprise" in b"".join(response.streaming_content)
    assert page(client, world.officer, "pdf-download", filing.audit_id, 1, "zh-hans").status_code == 404
    file_url = reverse("documents:file-download", args=[rendering(filing).stored_id])
    for stranger in strangers():
        client.force_login(stranger)
        assert client.get(file_url).status_code == 404


def test_posting_from_outside_finds_nothing(world, client):
    filing = filed(world)
    for stranger in strangers():
        for name, args in [("report-decide", (1,)), ("report-take-back", ()), ("pdf-order", (1, "en"))]:
            assert post(client, stranger, name, filing.audit_id, *args).status_code == 404


def test_stranger_is_sent_to_sign_in(world, client):
    audit = all_stages_completed(world)
    assert client.get(reverse("audits:report-detail", args=[audit.pk])).status_code == 302


# --- Acting ---------------------------------------------------------------------------------------------------------
def signing(audit, **changes):
    return {"content_hash": draft_of(audit).hash, "declared": "on", "password": PASSWORD} | changes


@pytest.fixture
def ready(world):
    """A report to sign, and a signer with a password. Registrations and days are those of the real clock here."""
    audit = all_stages_completed(world)
    world.consultant.set_password(PASSWORD)
    world.consultant.save()
    return audit


def test_signing_takes_the_declaration_and_the_password(world, client, ready):
    text = page(client, world.consultant, "report-sign", ready.pk).text
    assert "I answer for this under Item 6" in text
    assert "本人声明" in text
    response = post(client, world.consultant, "report-sign", ready.pk, **signing(ready))
    assert response.status_code == 302
    assert Signature.objects.get().signed_by == world.consultant


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"password": ""}, {"declared": ""}])
def test_signing_without_password_or_declaration_is_refused(world, client, ready, changes):
    response = post(client, world.consultant, "report-sign", ready.pk, **signing(ready, **changes))
    assert response.status_code == 200
    assert not Signature.objects.exists()


def test_signing_a_page_that_was_overtaken_is_stale(world, client, ready):
    shown = signing(ready)
    Section.objects.filter(stage__audit=ready, key="causes").update(text="Changed by a colleague")
    response = post(client, world.consultant, "report-sign", ready.pk, **shown)
    assert response.status_code == 409
    assert not Signature.objects.exists()


def test_password_cannot_be_guessed_without_end(world, client, ready):
    for _attempt in range(12):
        response = post(client, world.consultant, "report-sign", ready.pk, **signing(ready, password="wrong"))
    assert "Too many attempts" in response.text
    assert post(client, world.consultant, "report-sign", ready.pk, **signing(ready)).status_code == 200
    assert not Signature.objects.exists()


def test_filing_page_files_once(world, client):
    audit = signed(world)
    assert "All seven stages are completed" in page(client, world.consultant, "report-file", audit.pk).text
    first = post(client, world.consultant, "report-file", audit.pk, version=audit.version)
    second = post(client, world.consultant, "report-file", audit.pk, version=audit.version)
    assert (first.status_code, second.status_code) == (302, 409)
    assert Filing.objects.count() == 1


def test_unsigned_report_is_refused_on_the_page_with_every_finding(world, client):
    audit = all_stages_completed(world)
    response = post(client, world.consultant, "report-file", audit.pk, version=audit.version)
    assert response.status_code == 422
    assert "Item 6" in response.text


def decision(filing, **changes):
    audit = Audit.objects.get(pk=filing.audit_id)
    words = {"action": "approve", "version": audit.version, "filing_version": filing.version, "confirmed": "on"}
    return words | changes


def test_regulator_reads_and_approves(world, client):
    filing = filed(world)
    text = page(client, world.officer, "report-decide", filing.audit_id, 1).text
    assert filing.content_hash in text
    assert "Recover condensate" in text
    response = post(client, world.officer, "report-decide", filing.audit_id, 1, **decision(filing))
    assert response.status_code == 302
    assert Decision.objects.get().action == "approve"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"action": "return"}, "Say why"),
        ({"action": "return", "comment": "The balance does not close."}, "Say by when"),
        ({"action": "reject"}, "Say why"),
        ({"confirmed": ""}, "This field is required"),
        ({"action": "destroy"}, "valid choice"),
    ],
)
def test_decision_without_its_words_comes_back_with_what_was_typed(world, client, changes, sentence):
    filing = filed(world)
    response = post(client, world.officer, "report-decide", filing.audit_id, 1, **decision(filing, **changes))
    assert response.status_code == 200
    assert sentence in response.text
    assert changes.get("comment", "") in response.text
    assert not Decision.objects.exists()


def test_stale_decision_page_is_told_who_decided(world, client):
    filing = filed(world)
    words = decision(filing)
    colleague = make_user(world.authority, "regulator")
    post(client, colleague, "report-decide", filing.audit_id, 1, **words)
    response = post(client, world.officer, "report-decide", filing.audit_id, 1, **words)
    assert response.status_code == 409
    assert colleague.name_en in response.text
    assert "approved" in response.text


def test_deciding_is_refused_to_the_other_sides(world, client):
    filing = filed(world)
    for user in (world.consultant, world.manager):
        assert page(client, user, "report-decide", filing.audit_id, 1).status_code == 403
        assert post(client, user, "report-decide", filing.audit_id, 1, **decision(filing)).status_code == 403


def test_report_can_be_taken_back(world, client):
    audit = filed(world).audit
    audit.refresh_from_db()
    response = post(
        client, world.consultant, "report-take-back", audit.pk, version=audit.version, comment="Typing error"
    )
    assert response.status_code == 302
    audit.refresh_from_db()
    assert audit.status == "returned"


def test_audit_is_closed_once_something_is_implemented(world, client):
    audit = decided(world, Action.APPROVE).audit
    audit.refresh_from_db()
    assert post(client, world.officer, "report-close", audit.pk, version=audit.version).status_code == 422
    audit.options.filter(code="01").update(status="implemented")
    assert post(client, world.officer, "report-close", audit.pk, version=audit.version).status_code == 302


# --- PDFs on the page -----------------------------------------------------------------------------------------------
def test_progress_of_a_pdf_is_shown_and_asked_again_while_it_is_at_work(world, client):
    filing = filed(world)
    filing.renderings.filter(language="en").update(state=JobState.RUNNING, done_units=3, total_units=7)
    url = reverse("audits:pdf-status", args=[filing.audit_id, 1, "en"])
    text = page(client, world.officer, "report-detail", filing.audit_id).text
    assert f'hx-get="{url}"' in text
    assert "3 / 7" in text
    filing.renderings.filter(language="en").update(state=JobState.DONE)
    assert "hx-get" not in client.get(url).text


def test_failed_pdf_says_why_and_can_be_ordered_again(world, client):
    filing = filed(world)
    reason = "No Chinese font is installed on the server: apt-get install fonts-noto-cjk."
    filing.renderings.filter(language="en").update(state=JobState.FAILED, message=reason)
    assert reason in page(client, world.consultant, "report-detail", filing.audit_id).text
    assert post(client, world.consultant, "pdf-order", filing.audit_id, 1, "en").status_code == 302
    assert rendering(filing).state == JobState.WAITING


def test_ordering_a_pdf_in_an_unknown_language_is_404(world, client):
    filing = filed(world)
    assert post(client, world.consultant, "pdf-order", filing.audit_id, 1, "fr").status_code == 404


# --- Cost -----------------------------------------------------------------------------------------------------------
def test_queries_of_the_pages_do_not_grow_with_the_audit(world, client, django_assert_max_num_queries):
    filing = filed(world)
    audit = filing.audit
    client.force_login(world.officer)
    counts = {}
    for name, args in [("report-detail", ()), ("filing-detail", (1,)), ("report-decide", (1,))]:
        with django_assert_max_num_queries(60) as few:
            client.get(reverse(f"audits:{name}", args=[audit.pk, *args]))
        counts[name] = len(few)
    audit.refresh_from_db()
    services.take_back(audit=audit, version=audit.version, comment="Again", by=world.consultant, at=later(82))
    file(audit, world.consultant, later(83))
    with django_assert_max_num_queries(counts["report-detail"] + 1):
        client.get(reverse("audits:report-detail", args=[audit.pk]))
    with django_assert_max_num_queries(counts["filing-detail"]):
        client.get(reverse("audits:filing-detail", args=[audit.pk, 2]))
