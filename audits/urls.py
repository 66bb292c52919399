"""The pages of this app, room by room."""

from audits.enterprises.urls import urlpatterns as enterprises
from audits.options.urls import urlpatterns as options
from audits.programme.urls import urlpatterns as programme
from audits.reports.urls import urlpatterns as reports
from audits.statistics.urls import urlpatterns as statistics
from audits.workflow.urls import urlpatterns as workflow

app_name = "audits"
urlpatterns = [*enterprises, *options, *programme, *reports, *statistics, *workflow]
