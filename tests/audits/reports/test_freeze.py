"""The same records give the same content, and nothing else gets in."""

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.translation import override

from audits.enterprises.models import YearlyFigure
from audits.options.models import Option, OptionEffect
from audits.reports.freeze import content_of, natural_key
from audits.reports.selectors import draft_of
from audits.workflow.models import Audit, Section
from cpaudit.documents.models import StoredFile
from cpaudit.reference.models import Metric
from tests.factories.audits import START, all_stages_completed, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit():
    world = make_world()
    audit = all_stages_completed(world)
    add_figures(audit)
    add_effects(audit)
    add_file(audit, "b.pdf")
    add_file(audit, "a.pdf")
    return audit


def add_figures(audit, years=range(2022, 2027)):
    metrics = list(Metric.objects.order_by("code")[:3])
    YearlyFigure.objects.bulk_create(
        YearlyFigure(
            enterprise=audit.enterprise, year=year, metric=metric, amount=f"{year}.500000", given_amount=year,
            given_unit=metric.unit,
        )
        for year in years
        for metric in metrics
    )  # fmt: skip


def add_effects(audit):
    metrics = list(Metric.objects.order_by("code")[:2])
    OptionEffect.objects.bulk_create(
        OptionEffect(
            option=option, metric=metric, kind=kind, amount="10.25", given_amount="10.25", given_unit=metric.unit,
            recorded_at=START,
        )
        for option in audit.options.all()
        for metric in metrics
        for kind in ("expected", "measured")
    )  # fmt: skip


def add_file(audit, name, **fields):
    return StoredFile.objects.create(
        **{
            "purpose": "evidence", "file": f"evidence/{name}", "name": name, "content_type": "application/pdf",
            "size": 10, "sha256": "a" * 64, "thing_kind": "audits.audit", "thing_id": audit.pk, "part": "stage_1",
            "uploaded_at": START,
        }
        | fields
    )  # fmt: skip


def test_two_readings_give_the_same_hash_in_any_language(audit):
    with override("en"):
        english = draft_of(audit)
    with override("zh-hans"):
        chinese = draft_of(Audit.objects.get(pk=audit.pk))
    assert english.hash == chinese.hash
    assert english.content == chinese.content


def test_order_of_rows_does_not_matter(audit):
    before = draft_of(audit).hash
    for model, owner in ((Option, {"audit": audit}), (YearlyFigure, {"enterprise": audit.enterprise})):
        if model is YearlyFigure:
            rows = list(model.objects.filter(**owner))
            model.objects.filter(**owner).delete()
            for row in rows:
                row.pk = None
            model.objects.bulk_create(reversed(rows))
    file = StoredFile.objects.about(audit).first()
    StoredFile.objects.filter(pk=file.pk).delete()
    file.pk = None
    file.save()
    assert draft_of(audit).hash == before


def test_status_version_and_clock_of_the_audit_are_not_in_it(audit):
    before = draft_of(audit).hash
    Audit.objects.filter(pk=audit.pk).update(
        status="filed", version=99, filing_version=3, due_on=dt.date(2030, 1, 1), filed_at=timezone.now()
    )
    assert draft_of(audit).hash == before


@pytest.mark.parametrize(
    "change",
    [
        lambda audit: Section.objects.filter(stage__audit=audit, key="causes").update(text="Something else"),
        lambda audit: audit.options.filter(code="02").update(planned_benefit="96000.01"),
        lambda audit: audit.work.filter(field="stage_2").first().delete(),
        lambda audit: audit.team.filter(role="member").update(duty="Energy"),
        lambda audit: audit.enterprise.figures.filter(year=2025).update(amount="1"),
        lambda audit: add_file(audit, "c.pdf"),
        lambda audit: StoredFile.objects.about(audit).update(sha256="b" * 64),
        lambda audit: Audit.objects.filter(pk=audit.pk).update(cost_low_max="40000"),
        lambda audit: type(audit.enterprise).objects.filter(pk=audit.enterprise_id).update(employees=7),
        lambda audit: OptionEffect.objects.filter(option__audit=audit, kind="measured").update(amount="9"),
    ],
)
def test_every_kind_of_record_is_in_it(audit, change):
    before = draft_of(audit).hash
    change(audit)
    assert draft_of(audit).hash != before


@pytest.mark.parametrize(
    "fields", [{"purpose": "report"}, {"removed_at": START}, {"thing_id": 0}, {"thing_kind": "audits.enterprise"}]
)
def test_files_that_are_no_evidence_of_this_audit_are_not_in_it(audit, fields):
    before = draft_of(audit).hash
    add_file(audit, "other.pdf", **fields)
    assert draft_of(audit).hash == before


def test_only_the_last_three_years_up_to_the_audit_are_in_it(audit):
    assert audit.year == 2026
    (first, *_rest) = content_of(audit)["figures"]
    assert [row["year"] for row in first["years"]] == [2024, 2025, 2026]


def test_all_sections_are_there_even_unwritten(audit):
    Section.objects.filter(stage__audit=audit).delete()
    assert all(section["text"] == "" for stage in content_of(audit)["stages"] for section in stage["sections"])


def test_queries_do_not_grow_with_the_rows(audit, django_assert_num_queries, django_assert_max_num_queries):
    with django_assert_max_num_queries(18) as few:
        content_of(audit)
    for number in range(20):
        Option.objects.create(audit=audit, code=f"X{number}", title="One more")
        add_file(audit, f"{number}.pdf")
    with django_assert_num_queries(len(few)):
        content_of(audit)


def test_codes_are_sorted_as_people_count():
    assert sorted(["N10", "N2", "F1", "N1a", "10", "9"], key=natural_key) == ["9", "10", "F1", "N1a", "N2", "N10"]
