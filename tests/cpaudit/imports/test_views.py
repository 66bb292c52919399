"""The pages of an import, from the upload to the last refused row."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.enterprises.models import Enterprise
from cpaudit.accounts.models import User
from cpaudit.imports import services, work
from cpaudit.imports.models import Import, ImportRun, SavedMapping
from cpaudit.jobs.models import JobState
from tests.cpaudit.imports.iac import PLANTS, dry, mapping, ready, real, take_in, upload
from tests.factories.people import credit_code, make_authority, make_consultancy, make_user

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db
TABLE = (
    "统一社会信用代码,企业名称,行政区划,行业,职工人数\n"
    "{first},本溪钢铁,210500,C31,1200\n"
    "{second},=HYPERLINK(1),本溪,钢,x\n"
)


@pytest.fixture
def officer(reference: None) -> User:
    return make_user(make_authority(region_code="100000"))


@pytest.fixture
def web(client, officer):
    client.force_login(officer)
    return client


def table() -> SimpleUploadedFile:
    text = TABLE.format(first=credit_code(1), second=credit_code(2))
    return SimpleUploadedFile("企业.csv", text.encode("gb18030"), content_type="text/csv")


def send(web, file=None, **data) -> Import:
    response = web.post(reverse("imports:import-create"), {"target": "enterprises", "file": file or table(), **data})
    assert response.status_code == 302, response.content.decode()
    return Import.objects.latest("pk")


def form_data(web, imported: Import) -> dict:
    """What the browser would send back: every field of the form as it is shown."""
    form = web.get(reverse("imports:import-mapping", args=[imported.pk])).context["form"]
    return {name: value for name in form.fields if (value := form[name].value()) not in (None, [], False)}


def test_a_person_maps_checks_and_imports_a_file(web, officer):
    imported = send(web)
    response = web.get(reverse("imports:import-mapping", args=[imported.pk]))
    assert "本溪钢铁" in response.content.decode()
    data = form_data(web, imported)
    assert (data["f-credit_code-source"], data["f-name_zh-source"], data["f-employees-source"]) == ("c0", "c1", "c4")
    response = web.post(reverse("imports:import-mapping", args=[imported.pk]), data)
    assert response.status_code == 302
    web.post(reverse("imports:dry-run-start", args=[imported.pk]))
    run = ImportRun.objects.get()
    waiting = web.get(reverse("imports:run-detail", args=[imported.pk, run.pk])).content.decode()
    assert "Waiting for a worker" in waiting
    work.carry_out(pk=run.pk, by=None, at=AT)
    report = web.get(reverse("imports:run-detail", args=[imported.pk, run.pk])).content.decode()
    assert "This is not a number" in report
    assert web.get(reverse("imports:import-detail", args=[imported.pk])).context["dry"] == run
    # All or nothing: the import is not offered, and refused if asked for all the same.
    start = reverse("imports:import-start", args=[imported.pk])
    version = Import.objects.get().version
    assert web.post(start, {"version": version}).status_code == 422
    data = form_data(web, imported) | {"good_rows_only": "yes"}
    web.post(reverse("imports:import-mapping", args=[imported.pk]), data)
    web.post(reverse("imports:dry-run-start", args=[imported.pk]))
    work.carry_out(pk=ImportRun.objects.latest("pk").pk, by=None, at=AT)
    confirm = web.get(reverse("imports:import-start", args=[imported.pk])).content.decode()
    assert "1 records are created" in confirm
    assert web.post(start, {"version": version}).status_code == 409  # numbers of an older mapping were confirmed
    web.post(start, {"version": Import.objects.get().version})
    last = work.carry_out(pk=ImportRun.objects.latest("pk").pk, by=None, at=AT)
    assert (last.state, last.counts["rows_imported"], last.counts["rows_refused"]) == (JobState.DONE, 1, 1)
    assert Enterprise.objects.get().employees == 1200
    assert web.get(reverse("imports:import-detail", args=[imported.pk])).status_code == 200


def test_refused_rows_come_back_with_their_reasons_and_without_live_formulas(web, officer):
    imported = send(web)
    run = dry(imported, by=officer, at=AT)
    response = web.get(reverse("imports:refused-download", args=[imported.pk, run.pk]))
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[0][:2] == ["统一社会信用代码", "企业名称"]
    assert rows[1][1] == "'=HYPERLINK(1)"
    assert rows[1][-2] == "3"
    assert "行业: " in rows[1][-1]
    assert "职工人数: " in rows[1][-1]


def test_all_problems_can_be_downloaded(web, officer):
    imported = send(web)
    run = dry(imported, by=officer, at=AT)
    response = web.get(reverse("imports:problems-download", args=[imported.pk, run.pk, "csv"]))
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert {(row["row"], row["column_letter"], row["value"]) for row in rows} == {("3", "D", "钢"), ("3", "E", "x")}
    assert all(row["problem"] and row["remedy"] and row["refuses_row"] == "yes" for row in rows)


def test_problems_as_a_workbook_hold_texts_and_no_formulas(web, officer):
    imported = send(web)
    data = imported.mapping | {"fields": imported.mapping["fields"] | {"employees": {"column": "企业名称"}}}
    options = {"conflict": "stop", "good_rows_only": False, "version": 1, "by": officer, "at": AT}
    run = dry(services.save_mapping(imported=imported, data=data, **options), by=officer, at=AT)
    response = web.get(reverse("imports:problems-download", args=[imported.pk, run.pk, "xlsx"]))
    page = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    values = {cell.value: cell.data_type for row in page.iter_rows() for cell in row}
    assert values["=HYPERLINK(1)"] == "s"


def test_problems_are_worded_in_the_readers_language_on_pages_of_fifty(web, officer):
    imported = ready(PLANTS, "enterprises", by=officer, at=AT, data=mapping("enterprises"))
    take_in("enterprises", by=officer, at=AT)
    run = dry(imported, by=officer, at=AT)
    response = web.get(reverse("imports:run-detail", args=[imported.pk, run.pk]), {"page": 2, "only": "refused"})
    assert len(response.context["lines"]) == 50
    assert response.context["rows"].paginator.count == 516


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7", "This is a PDF, not a table."),
        (b"a,b\n", "The table has a header but no rows of data."),
        (b"MZ\x90\x00", "This is a program, not a table."),
    ],
)
def test_a_bad_file_is_explained_at_the_file(web, content, sentence):
    file = SimpleUploadedFile("table.csv", content)
    response = web.post(reverse("imports:import-create"), {"target": "enterprises", "file": file})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Import.objects.exists()


def test_a_file_beyond_the_limit_is_refused(web, settings):
    settings.UPLOAD_MAX_BYTES = 100
    file = SimpleUploadedFile("table.csv", b"a,b\n" + b"1,2\n" * 50)
    response = web.post(reverse("imports:import-create"), {"target": "enterprises", "file": file})
    assert "at most 100 are accepted" in str(response.context["form"].errors)


def test_a_mapping_that_does_not_fit_keeps_what_was_chosen_and_says_what_is_missing(web):
    imported = send(web)
    data = form_data(web, imported)
    data["f-region-source"] = ""
    response = web.post(reverse("imports:import-mapping", args=[imported.pk]), data)
    assert response.status_code == 422
    assert "“Region” is required and gets no value." in response.content.decode()
    assert response.context["form"]["f-name_zh-source"].value() == "c1"


def test_a_stale_form_does_not_overwrite_a_newer_mapping(web):
    imported = send(web)
    data = form_data(web, imported)
    assert web.post(reverse("imports:import-mapping", args=[imported.pk]), data).status_code == 302
    assert web.post(reverse("imports:import-mapping", args=[imported.pk]), data).status_code == 409


def test_codes_are_translated_on_a_page_of_their_own(web, officer):
    imported = ready(PLANTS, "enterprises", by=officer, at=AT, data=mapping("enterprises"))
    url = reverse("imports:lookup-edit", args=[imported.pk, "region"])
    form = web.get(url).context["form"]
    codes = [code for code, _count in form.codes]
    assert codes[0] == "TX"
    data = {name: value for name in form.fields if (value := form[name].value())}
    data |= {f"v{codes.index('OH')}": "210600", f"v{codes.index('PR')}": "", f"o{codes.index('PR')}": "on"}
    assert web.post(url, data).status_code == 302
    imported.refresh_from_db()
    lookup = imported.mapping["lookups"]["region"]
    assert (lookup["OH"], lookup["PR"], lookup["TX"]) == ("210600", None, "370200")
    data["version"] = imported.version
    data[f"v{codes.index('OH')}"] = "999999"
    assert web.post(url, data).status_code == 422
    assert web.get(reverse("imports:lookup-edit", args=[imported.pk, "employees"])).status_code == 200
    assert web.get(reverse("imports:lookup-edit", args=[imported.pk, "credit_code"])).status_code == 404


def test_short_lists_of_values_are_chosen_from_a_list(web, officer):
    rows = "code,name,region,sector,ownership\n"
    rows += "".join(f"{credit_code(n)},N{n},210500,C31,{kind}\n" for n, kind in enumerate(["Gov", "Priv", ""], start=1))
    imported = send(web, SimpleUploadedFile("t.csv", rows.encode()))
    data = form_data(web, imported) | {"f-credit_code-source": "c0", "then_lookup": "ownership"}
    response = web.post(reverse("imports:import-mapping", args=[imported.pk]), data)
    assert response.url == reverse("imports:lookup-edit", args=[imported.pk, "ownership"])
    form = web.get(response.url).context["form"]
    names = {code: f"v{index}" for index, (code, _count) in enumerate(form.codes)}
    data = {"version": form["version"].value(), names["Gov"]: "state", names["Priv"]: "private"}
    assert web.post(response.url, data).status_code == 302
    run = dry(Import.objects.get(pk=imported.pk), by=officer, at=AT)
    assert run.counts["rows_refused"] == 0, list(run.problems.values())


def test_a_wide_table_is_mapped_column_by_column(web, officer):
    take_in("enterprises", by=officer, at=AT)
    imported = ready(PLANTS, "yearly_figures", by=officer, at=AT, data=mapping("yearly_figures"))
    before = imported.mapping
    data = form_data(web, imported)
    response = web.post(reverse("imports:import-mapping", args=[imported.pk]), data)
    assert response.status_code == 302, [str(f.text % f.params) for f in response.context["findings"]]
    imported.refresh_from_db()
    assert imported.mapping == before  # what the form shows is exactly what the mapping says


def test_a_mapping_is_kept_used_and_forgotten(web, officer):
    imported = ready(PLANTS, "enterprises", by=officer, at=AT, data=mapping("enterprises"))
    web.post(reverse("imports:mapping-keep", args=[imported.pk]), {"name": "US plants"})
    kept = SavedMapping.objects.get()
    other = upload(PLANTS, "enterprises", by=officer, at=AT)
    web.post(reverse("imports:mapping-use", args=[other.pk]), {"saved": kept.pk, "version": other.version})
    other.refresh_from_db()
    assert other.mapping == imported.mapping
    web.post(reverse("imports:mapping-forget", args=[kept.pk]))
    assert not SavedMapping.objects.exists()


def test_the_progress_fragment_reloads_the_page_when_the_run_is_over(web, officer):
    imported = ready(PLANTS, "enterprises", by=officer, at=AT, data=mapping("enterprises"))
    run = services.start_dry_run(imported=imported, by=officer, at=AT)
    url = reverse("imports:run-detail", args=[imported.pk, run.pk])
    fragment = web.get(url, headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
    assert f'hx-get="{url}"' in fragment.content.decode()
    assert "HX-Refresh" not in fragment
    work.carry_out(pk=run.pk, by=None, at=AT)
    assert web.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_another_header_row_is_read_anew(web):
    text = "Table of plants,,,,\n" + TABLE.format(first=credit_code(1), second=credit_code(2))
    imported = send(web, SimpleUploadedFile("t.csv", text.encode()))
    assert imported.headers[0] == "Table of plants"
    web.post(reverse("imports:sheet-choose", args=[imported.pk]), {"header_row": 2, "version": imported.version})
    imported.refresh_from_db()
    assert imported.headers[1] == "企业名称"
    assert imported.mapping["fields"]["name_zh"] == {"column": "企业名称"}


# --- Who sees what --------------------------------------------------------------------------------------------------
def test_what_is_another_bodys_is_not_there(web, client, officer):
    imported = ready(PLANTS, "enterprises", by=officer, at=AT, data=mapping("enterprises"))
    run = dry(imported, by=officer, at=AT)
    kept = services.keep_mapping(imported=imported, name="Ours", by=officer, at=AT)
    stranger = make_user(make_authority(region_code="210000"))
    client.force_login(stranger)
    for url in (
        reverse("imports:import-detail", args=[imported.pk]),
        reverse("imports:import-mapping", args=[imported.pk]),
        reverse("imports:import-start", args=[imported.pk]),
        reverse("imports:lookup-edit", args=[imported.pk, "region"]),
        reverse("imports:run-detail", args=[imported.pk, run.pk]),
        reverse("imports:problems-download", args=[imported.pk, run.pk, "csv"]),
        reverse("imports:refused-download", args=[imported.pk, run.pk]),
    ):
        assert client.get(url).status_code == 404, url
    assert client.post(reverse("imports:dry-run-start", args=[imported.pk])).status_code == 404
    assert client.post(reverse("imports:mapping-forget", args=[kept.pk])).status_code == 404
    assert imported.name not in client.get(reverse("imports:run-list")).content.decode()


def test_roles_that_do_not_import_are_told_so(client, reference):
    consultant = make_user(make_consultancy(), "consultant")
    client.force_login(consultant)
    assert client.get(reverse("imports:run-list")).status_code == 403
    assert client.get(reverse("imports:import-create")).status_code == 403


def test_a_consultancy_is_offered_options_only(client, reference):
    client.force_login(make_user(make_consultancy(), "consultancy_manager"))
    targets = client.get(reverse("imports:import-create")).context["targets"]
    assert [target.key for target in targets] == ["options"]


def test_strangers_are_asked_to_sign_in(client, reference):
    assert client.get(reverse("imports:run-list")).status_code == 302


def test_lists_take_the_same_number_of_queries_whatever_their_length(web, officer):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            web.get(reverse("imports:run-list"))
        return len(queries)

    real_one = ready(PLANTS, "enterprises", by=officer, at=AT, data=mapping("enterprises"))
    dry(real_one, by=officer, at=AT)
    one = count()
    real(real_one, by=officer, at=AT)
    for _number in range(3):
        upload(PLANTS, "yearly_figures", by=officer, at=AT)
    assert count() == one
