"""The REST addresses, room by room."""

from django.urls import URLPattern, URLResolver

from auditors.registration.api import api_urlpatterns as auditors
from audits.desk.api import api_urlpatterns as desk
from audits.enterprises.api import api_urlpatterns as enterprises
from audits.options.api import api_urlpatterns as options
from audits.programme.api import api_urlpatterns as programme
from audits.programme.reported.api import api_urlpatterns as reported
from audits.reports.api import api_urlpatterns as reports
from audits.statistics.api import api_urlpatterns as statistics
from audits.workflow.api import api_urlpatterns as workflow
from consultancies.organisations.api import api_urlpatterns as organisations
from cpaudit.documents.api import api_urlpatterns as files
from cpaudit.imports.api import api_urlpatterns as imports
from cpaudit.members.api import api_urlpatterns as members

urlpatterns: list[URLPattern | URLResolver] = [
    *desk,
    *enterprises,
    *options,
    *programme,
    *reported,
    *reports,
    *statistics,
    *workflow,
    *files,
    *members,
    *imports,
    *auditors,
    *organisations,
]
