"""What happened stays as it was told."""

import datetime as dt
import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string
from django.utils import translation

from cpaudit.trail.models import AppendOnly, Event
from cpaudit.trail.selectors import line_of, timeline
from cpaudit.trail.services import record
from cpaudit.trail.verbs import VERBS
from cpaudit.web.logs import working_on
from tests.factories.people import make_authority, make_user

AT = dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC)
PLACE = re.compile(r"%\((\w+)\)s")


@pytest.fixture
def authority(reference):
    return make_authority(name_en="Benxi Bureau", name_zh="本溪市生态环境局")


@pytest.fixture
def event(authority) -> Event:
    by = make_user(authority, name_en="Li Wei", name_zh="李伟")
    return record(verb="file.added", thing=authority, by=by, at=AT, facts={"file": "meter.pdf"})


# --- Immutable ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.save(),
        lambda event: event.save(force_insert=True),
        lambda event: event.delete(),
        lambda event: Event.objects.update(verb="file.removed"),
        lambda event: Event.objects.filter(pk=event.pk).update(facts={}),
        lambda event: Event.objects.all().delete(),
        lambda event: Event.objects.bulk_update([event], ["verb"]),
        lambda event: Event.objects.update_or_create(pk=event.pk, defaults={"verb": "file.removed"}),
        lambda event: Event.objects.bulk_create(
            [event], update_conflicts=True, update_fields=["verb"], unique_fields=["id"]
        ),
    ],
)
def test_model_refuses_every_change(event, change):
    event.verb = "file.removed"

    with pytest.raises(AppendOnly), transaction.atomic():
        change(event)

    assert list(Event.objects.values_list("verb", flat=True)) == ["file.added"]


@pytest.mark.postgres
@pytest.mark.parametrize("statement", ["UPDATE cpaudit_event SET verb = 'file.removed'", "DELETE FROM cpaudit_event"])
def test_database_refuses_what_goes_round_the_model(event, statement):
    refused = pytest.raises(DatabaseError, match="never changed or removed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Event.objects.count() == 1


def test_event_outlives_its_person_and_its_thing(event, authority):
    actor = event.actor
    actor.delete()

    (line,) = timeline(authority)
    assert line.sentence == "Li Wei added the file meter.pdf"
    assert line.body == "Benxi Bureau"


# --- Told -----------------------------------------------------------------------------------------------------------
def test_names_are_in_the_readers_language(event, authority):
    with translation.override("zh-hans"):
        (line,) = timeline(authority)

    assert line.actor == "李伟"
    assert line.body == "本溪市生态环境局"


def test_the_system_itself_has_a_name(authority):
    event = record(verb="file.added", thing=authority, by=None, at=AT, facts={"file": "a.pdf"})

    assert line_of(event).sentence == "The system added the file a.pdf"


def test_event_keeps_role_and_request(authority):
    with working_on("request-12345678"):
        event = record(verb="file.added", thing=authority, by=make_user(authority), at=AT, facts={"file": "a.pdf"})

    assert event.actor_role == "regulator"
    assert event.request_id == "request-12345678"


def test_unknown_verb_is_refused(authority):
    with pytest.raises(KeyError):
        record(verb="file.addde", thing=authority, by=None, at=AT)


def test_timeline_is_one_question_however_long(authority, django_assert_num_queries):
    for number in range(3):
        record(verb="file.added", thing=authority, by=None, at=AT, facts={"file": f"{number}.pdf"})

    with django_assert_num_queries(1):
        assert [line.sentence[-5:] for line in timeline(authority)] == ["0.pdf", "1.pdf", "2.pdf"]


def test_timeline_of_another_thing_is_another(authority, event):
    assert timeline(make_authority()) == []


def test_component_shows_a_timeline_and_escapes_it(authority):
    record(verb="file.added", thing=authority, by=None, at=AT, facts={"file": "<script>.pdf"})

    html = render_to_string("components/timeline.html", {"events": timeline(authority)})

    assert "The system added the file &lt;script&gt;.pdf" in html
    assert 'datetime="2026-11-21T16:00:00+08:00"' in html


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_verb_makes_a_sentence_in_every_language(verb: str, language: str):
    """With exactly the facts the English sentence names: a translation may leave one out, not ask for another."""
    facts = {name: f"<{name}>" for name in PLACE.findall(VERBS[verb])}
    event = Event(
        verb=verb, at=AT, facts=facts, actor_names={"en": "Li Wei", "zh": "李伟"}, thing_names={"en": "Thing"}
    )

    with translation.override(language):
        sentence = line_of(event).sentence

    assert sentence
    assert "%(" not in sentence
