"""Gathers the models of the rooms for Django."""

from audits.enterprises.models import Enterprise, YearlyFigure
from audits.options.models import Option, OptionEffect
from audits.programme.models import Listing, ReportedEffect, ReportedProgramme
from audits.reports.models import Filing, Rendering, Signature
from audits.workflow.models import Audit, Decision, Deliverable, Section, Stage, TeamMember, WorkEntry

__all__ = [
    "Audit",
    "Decision",
    "Deliverable",
    "Enterprise",
    "Filing",
    "Listing",
    "Option",
    "OptionEffect",
    "Rendering",
    "ReportedEffect",
    "ReportedProgramme",
    "Section",
    "Signature",
    "Stage",
    "TeamMember",
    "WorkEntry",
    "YearlyFigure",
]
