"""What happened when, and who signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from audits.reports.book.shapes import SignatureLine, Step
from audits.reports.book.values import LEVEL_LABELS, day_of, moment_of
from audits.workflow.rules.stages import STAGES
from cpaudit.web.words import in_language, reads_chinese


def course_of(content: Mapping[str, Any], annex: Mapping[str, Any]) -> list[Step]:
    """What happened when, from listing to decision, oldest first."""
    steps: list[Step] = []
    if content["listing"]:
        listing = content["listing"]
        listed = _("Listed for a compulsory audit")
        steps.append(Step(day_of(listing["published_on"]), listed, in_language(listing["authority"])))
    steps.append(Step(day_of(content["audit"]["opened_on"]), _("Audit opened")))
    if content["audit"]["started_on"]:
        steps.append(Step(day_of(content["audit"]["started_on"]), _("Audit started")))
    for stage in content["stages"]:
        if stage["finished_on"]:
            what = _("Stage %(number)s finished: %(name)s") % {
                "number": stage["number"],
                "name": _(STAGES[stage["number"]].name),
            }
            steps.append(Step(day_of(stage["finished_on"]), what))
    steps += [_filed(filing) for filing in annex.get("filings", [])]
    steps += [_decided(decision) for decision in annex.get("decisions", [])]
    return sorted(steps, key=lambda step: step.on)


def _filed(filing: Mapping[str, Any]) -> Step:
    what = _("Version %(version)s of the report filed") % {"version": filing["version"]}
    return Step(moment_of(filing["at"]).date(), what, _person(filing))


def _decided(decision: Mapping[str, Any]) -> Step:
    words = {
        "version": decision["version"],
        "stage": decision["stage"],
        "due_on": in_language(decision["due_on"] or ""),
    }
    sentences = {
        "approve": _("Version %(version)s approved"),
        "return": _("Version %(version)s returned for correction by %(due_on)s"),
        "reject": _("Version %(version)s rejected"),
        "take_back": _("Version %(version)s taken back"),
        "close": _("Audit closed"),
        "cancel": _("Audit cancelled"),
        "send_back": _("Stage %(stage)s sent back, due %(due_on)s"),
    }
    what = sentences.get(decision["action"], decision["action"]) % words
    return Step(moment_of(decision["at"]).date(), what, _person(decision), decision["comment"])


def _person(entry: Mapping[str, Any]) -> str:
    who = [in_language(entry[key]) for key in ("names", "body_names") if entry.get(key)]
    return ("，" if reads_chinese() else ", ").join(who)


def signature_line(entry: Mapping[str, Any], content_hash: str) -> SignatureLine:
    return SignatureLine(
        in_language(entry["names"]),
        str(LEVEL_LABELS[entry["level"]]),
        entry["certificate_no"],
        moment_of(entry["at"]),
        entry["content_hash"],
        entry["content_hash"] == content_hash,
    )
