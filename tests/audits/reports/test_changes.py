"""A difference in words a person reads."""

import copy

from django.utils.translation import override

from audits.reports.changes import FIELD_NAMES, told
from audits.reports.diff import diff_of, records_of
from tests.audits.reports import contents


def lines(old, new):
    return {
        (group, change.record, change.field): (change.old, change.new)
        for group, members in told(diff_of(old, new), new=new)
        for change in members
    }


def test_records_fields_and_values_are_named_as_people_know_them():
    old = contents.rich()
    new = copy.deepcopy(old)
    new["options"][2].update(planned_investment="1450000.5", status="screened_out")
    new["stages"][2].update(finished_on="2026-05-01")
    new["stages"][2]["deliverables"][0]["done"] = False
    new["team"][2]["external"] = False
    new["enterprise"]["size"] = ""
    with override("en"):
        found = lines(old, new)
    option = "F1 Frequency converters for fans and pumps"
    assert found == {
        ("Options", option, "Planned investment"): ("420,000", "1,450,000.5"),
        ("Options", option, "Status"): ("Feasible", "Screened out"),
        ("Stages", "3. Assessment", "Finished on"): ("27 Apr 2026", "1 May 2026"),
        ("Stages", "3. Assessment", "Flow diagram by unit operation"): ("yes", "no"),
        ("Audit team", "Chen Jing", "External"): ("yes", "no"),
        ("Enterprise", "", "Size"): ("Large", "–"),
    }


def test_whole_records_are_told_by_what_they_say_first():
    old = contents.rich()
    new = copy.deepcopy(old)
    new["options"].append(contents.option("N9", "Insulate the steam pipes"))
    del new["files"][2]
    with override("en"):
        found = lines(old, new)
    assert found["Options", "N9 Insulate the steam pipes", ""] == ("", "Insulate the steam pipes")
    assert found["Evidence", "Option N2 · flow-meter-invoice.pdf", ""] == ("c" * 64, "")


def test_every_field_of_a_report_has_a_name():
    fields = {
        field
        for record in records_of(contents.rich()).values()
        for field in record
        if not field.startswith("deliverable/")
    }
    assert fields - set(FIELD_NAMES) - {"number"} == set()
