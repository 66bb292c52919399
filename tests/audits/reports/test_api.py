"""The report over REST: everything the pages can do, by token, with the same refusals."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from audits.reports.canonical import content_hash
from audits.reports.models import Filing, Signature
from audits.workflow.models import Audit, Section
from audits.workflow.rules.transitions import Action
from cpaudit.accounts.authentication import hash_token
from cpaudit.accounts.models import ApiToken
from cpaudit.jobs.models import JobState
from tests.audits.reports.test_views import print_pdf, strangers
from tests.factories.audits import all_stages_completed, later, make_world
from tests.factories.reports import decided, file, filed, rendering, sign, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


class Caller:
    """A person with a token that may write."""

    def __init__(self, client, user):
        self.client = client
        secret = f"token-of-{user.pk}"
        ApiToken.objects.get_or_create(
            token_hash=hash_token(secret),
            defaults={
                "posting": user.posting, "label": "test", "prefix": "t", "may_write": True,
                "created_at": timezone.now(), "expires_at": timezone.now() + dt.timedelta(days=1),
            },
        )  # fmt: skip
        self.headers = {"Authorization": f"Bearer {secret}"}

    def get(self, audit, path=""):
        return self.client.get(f"/api/v1/audits/{audit.number}/report/{path}", headers=self.headers)

    def post(self, audit, path, body=None, **headers):
        return self.client.post(
            f"/api/v1/audits/{audit.number}/report/{path}", json.dumps(body or {}),
            content_type="application/json", headers={**self.headers, **headers},
        )  # fmt: skip


def test_whole_way_of_a_report_by_token(world, client):
    audit = all_stages_completed(world)
    consultant, second, officer = (
        Caller(client, user) for user in (world.consultant, world.second_user, world.officer)
    )
    draft = consultant.get(audit).json()
    assert content_hash(draft["content"]) == draft["content_hash"]
    assert not all(finding["ok"] for finding in draft["findings"])
    body = {"content_hash": draft["content_hash"], "declaration": True}
    assert consultant.post(audit, "sign/", body).status_code == 201
    assert second.post(audit, "sign/", body).status_code == 201
    assert [each["holds"] for each in consultant.get(audit).json()["signatures"]] == [True, True]

    filing = consultant.post(audit, "file/", {"version": audit.version})
    assert filing.status_code == 201
    assert (filing.json()["version"], filing.json()["content_hash"]) == (1, draft["content_hash"])
    assert {pdf["state"] for pdf in filing.json()["pdfs"]} == {"waiting"}
    assert consultant.get(audit).status_code == 404

    content = officer.get(audit, "filings/1/").json()
    assert content_hash(content["content"]) == content["content_hash"]
    audit.refresh_from_db()
    answer = officer.post(audit, "approve/", {"filing_version": 1, "version": audit.version})
    assert (answer.status_code, answer.json()["status"]) == (200, "approved")
    audit.refresh_from_db()
    refused = officer.post(audit, "close/", {"version": audit.version})
    assert refused.status_code == 422
    assert next(finding["rule"] for finding in refused.json()["findings"] if not finding["ok"]) == "R-2"


def test_signing_without_the_declaration_is_refused(world, client):
    audit = all_stages_completed(world)
    caller = Caller(client, world.consultant)
    hash_ = caller.get(audit).json()["content_hash"]
    for body in ({"content_hash": hash_, "declaration": False}, {"content_hash": hash_}, {"declaration": True}):
        assert caller.post(audit, "sign/", body).status_code == 400
    stale = caller.post(audit, "sign/", {"content_hash": "0" * 64, "declaration": True})
    assert stale.status_code == 409
    assert not Signature.objects.exists()


def test_refused_filing_tells_every_finding(world, client):
    audit = all_stages_completed(world)
    answer = Caller(client, world.consultant).post(audit, "file/", {"version": audit.version})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert {"R-5", "R-6b", "R-6c", "R-10", "R-2"} <= {finding["rule"] for finding in answer.json()["findings"]}


def test_repeated_filing_with_the_same_key_files_once(world, client):
    audit = signed(world)
    caller = Caller(client, world.consultant)
    headers = {"Idempotency-Key": "file-once"}
    answers = [caller.post(audit, "file/", {"version": audit.version}, **headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Filing.objects.count() == 1


def test_returning_needs_comment_and_date(world, client):
    audit = filed(world).audit
    audit.refresh_from_db()
    officer = Caller(client, world.officer)
    body = {"filing_version": 1, "version": audit.version}
    assert officer.post(audit, "return/", body | {"comment": "Why"}).status_code == 400
    assert officer.post(audit, "return/", body | {"comment": "", "due_on": "2030-01-01"}).status_code == 400
    assert officer.post(audit, "return/", body | {"comment": "Why", "due_on": "2030-01-01", "x": 1}).status_code == 400
    answer = officer.post(audit, "return/", body | {"comment": "Why", "due_on": "2030-01-01"})
    assert (answer.status_code, answer.json()["status"]) == (200, "returned")


def test_second_decision_is_a_conflict(world, client):
    filing = decided(world, Action.APPROVE)
    body = {"filing_version": 1, "version": 1, "comment": "No"}
    assert Caller(client, world.officer).post(filing.audit, "reject/", body).status_code == 409


def test_report_is_taken_back_by_token(world, client):
    audit = filed(world).audit
    audit.refresh_from_db()
    body = {"version": audit.version, "comment": "Typing error"}
    assert Caller(client, world.officer).post(audit, "take-back/", body).status_code == 403
    assert Caller(client, world.consultant).post(audit, "take-back/", body).status_code == 200
    assert Audit.objects.get(pk=audit.pk).status == "returned"


def test_pdf_is_ordered_watched_and_downloaded(world, client):
    filing = filed(world)
    audit, caller = filing.audit, Caller(client, world.officer)
    filing.renderings.filter(language="en").update(state=JobState.FAILED, message="The renderer ended.")
    assert {pdf["language"]: pdf["state"] for pdf in caller.get(audit, "filings/1/pdfs/").json()} == {
        "en": "failed",
        "zh-hans": "waiting",
    }
    assert caller.get(audit, "filings/1/pdfs/en/").status_code == 404
    assert caller.post(audit, "filings/1/pdfs/", {"language": "en"}).json()["state"] == "waiting"
    assert caller.post(audit, "filings/1/pdfs/", {"language": "xx"}).status_code == 400
    print_pdf(filing)
    answer = caller.get(audit, "filings/1/pdfs/en/")
    assert answer["Content-Type"] == "application/pdf"
    assert b"a secret of one enterprise" in b"".join(answer.streaming_content)
    assert rendering(filing).state == JobState.DONE


READING = ["", "filings/1/", "filings/2/changes/", "filings/1/pdfs/", "filings/1/pdfs/en/"]
WRITING = ["sign/", "file/", "approve/", "return/", "reject/", "take-back/", "close/", "filings/1/pdfs/"]


def test_outside_the_jurisdiction_everything_is_404(world, client):
    filing = filed(world)
    print_pdf(filing)
    for stranger in strangers()[:-1]:
        caller = Caller(client, stranger)
        for path in [*READING, "filings/"]:
            assert caller.get(filing.audit, path).status_code == 404, path
        for path in WRITING:
            assert caller.post(filing.audit, path).status_code == 404, path
    assert client.get(f"/api/v1/audits/{filing.audit.number}/report/filings/").status_code == 401


def test_difference_is_given_as_data(world, client):
    filing = decided(world, Action.RETURN)
    Section.objects.filter(stage__audit=filing.audit, key="balance").update(text="It closes.")
    sign(filing.audit, world.consultant, later(95))
    sign(filing.audit, world.second_user, later(95))
    file(filing.audit, world.consultant, later(96))
    (change,) = Caller(client, world.officer).get(filing.audit, "filings/2/changes/").json()
    assert (change["group"], change["record"], change["kind"], change["new"]) == (
        "section", "3/balance", "changed", "It closes.",
    )  # fmt: skip
