"""The frame around every page: strangers, missing pages, wrong addresses, refusals."""

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import translation

from cpaudit.rulebook.errors import Invalid, NotAllowed, Refused, Stale
from cpaudit.rulebook.findings import Finding, Severity
from cpaudit.web.refusals import RefusalMiddleware, back_url
from cpaudit.web.views import server_error

TEAM = Finding(
    "R-6b", "Item 6", False, "The team has %(count)s auditors of 2.", params={"count": 1}, remedy="Add an auditor."
)
KICKOFF = Finding("G-1", "Manual 1.4", True, "The kick-off training was held.", severity=Severity.WARN)


def refused(exception: Exception, path: str = "/audits/1/", **headers: str):
    request = RequestFactory().get(path, headers=headers)
    return RefusalMiddleware(lambda _request: None).process_exception(request, exception)


def text_of(response) -> str:
    return response.content.decode()


def test_stranger_sees_the_frame_and_the_way_in(client: Client) -> None:
    page = text_of(client.get("/no-such-page/"))

    assert 'class="skip"' in page
    assert 'href="/sign-in/login/"' in page
    assert 'href="/statistics/"' in page
    assert 'href="/audits/"' not in page


def test_missing_page_is_404_in_the_readers_language(client: Client) -> None:
    response = client.get("/no-such-page/", headers={"Accept-Language": "zh-hans"})

    assert response.status_code == 404
    assert '<html lang="zh-Hans">' in text_of(response)


def test_missing_api_page_is_a_problem_document(client: Client) -> None:
    response = client.get("/api/v1/no-such-thing/")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 404


@pytest.mark.parametrize("path", ["/?q=%00", "/audits/%00/"])
def test_nul_character_in_the_address_is_refused_at_the_door(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400


@pytest.mark.parametrize(
    ("exception", "status", "words"),
    [
        (NotAllowed("Only the authority decides."), 403, "Only the authority decides."),
        (Stale("%(who)s has approved it.", who="Li Wei"), 409, "Li Wei has approved it."),
        (Refused("The stage cannot close yet.", [KICKOFF, TEAM]), 422, "The stage cannot close yet."),
        (Invalid("Not usable.", {"title": ["A title is missing."]}), 400, "A title is missing."),
    ],
)
def test_refusal_becomes_a_page_that_says_why(exception: Exception, status: int, words: str) -> None:
    response = refused(exception)

    assert response.status_code == status
    assert words in text_of(response)
    assert "Nothing was changed." in text_of(response)


def test_refused_page_shows_findings_with_article_and_remedy_failed_ones_first() -> None:
    page = text_of(refused(Refused("Not yet.", [KICKOFF, TEAM])))

    assert "The team has 1 auditors of 2." in page
    assert "Item 6" in page
    assert "Add an auditor." in page
    assert page.index("Not met") < page.index("Met")


def test_enhanced_request_gets_the_fragment_alone() -> None:
    request = RequestFactory().post("/audits/1/", headers={"HX-Request": "true"})
    request.htmx = True
    response = RefusalMiddleware(lambda _request: None).process_exception(request, Stale("Too late."))

    assert response["HX-Retarget"] == "#refusal"
    assert "<html" not in text_of(response)
    assert "Too late." in text_of(response)


def test_refusal_of_an_api_call_outside_drf_is_a_problem_document() -> None:
    response = refused(Refused("Not yet.", [TEAM]), path="/api/v1/audits/1/")

    assert response["Content-Type"] == "application/problem+json"


def test_other_exceptions_are_left_alone() -> None:
    assert refused(ValueError("a bug")) is None


def test_back_leads_to_the_page_before_but_never_to_another_site() -> None:
    def request(referer: str) -> HttpRequest:
        return RequestFactory().get("/", headers={"Referer": referer})

    assert back_url(request("http://testserver/audits/1/")) == "http://testserver/audits/1/"
    assert back_url(request("https://elsewhere.example/")) == "/"


def test_server_error_page_needs_no_database_and_no_context() -> None:
    response = server_error(RequestFactory().get("/audits/"))

    assert response.status_code == 500
    assert "went wrong" in text_of(response)


@pytest.mark.parametrize(("path", "kind"), [("/pages/", "text/html"), ("/api/v1/pages/", "application/problem+json")])
def test_database_that_does_not_answer_is_503_and_says_when_to_come_again(settings, path: str, kind: str) -> None:
    settings.ROOT_URLCONF = "tests.cpaudit.web.broken_urls"
    response = Client(raise_request_exception=False).get(path)

    assert response.status_code == 503
    assert response["Content-Type"].startswith(kind)
    assert response["Retry-After"] == "5"


def test_csrf_failure_is_explained() -> None:
    response = Client(enforce_csrf_checks=True).post("/i18n/setlang/", {"language": "en"})

    assert response.status_code == 403
    assert "open too long" in text_of(response)


def test_finding_text_is_translated_when_it_is_shown() -> None:
    from cpaudit.web.findings import sentence

    with translation.override("zh-hans"):
        assert sentence(Finding("X", "", True, "English")) != "English"  # Django's own catalogue has this word
    assert sentence(Finding("X", "", True, "100 % sure")) == "100 % sure"
