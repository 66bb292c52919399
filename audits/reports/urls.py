"""The pages of reports."""

from django.urls import path

from audits.reports.views import acting, reading

REPORT = "audits/<int:pk>/report/"
VERSION = REPORT + "<int:version>/"
urlpatterns = [
    path(REPORT, reading.report_detail, name="report-detail"),
    path(f"{REPORT}preview/", reading.report_preview, name="report-preview"),
    path(f"{REPORT}sign/", acting.report_sign, name="report-sign"),
    path(f"{REPORT}file/", acting.report_file, name="report-file"),
    path(f"{REPORT}take-back/", acting.report_take_back, name="report-take-back"),
    path(f"{REPORT}close/", acting.report_close, name="report-close"),
    path(VERSION, reading.filing_detail, name="filing-detail"),
    path(f"{VERSION}changes/", reading.filing_diff, name="filing-diff"),
    path(f"{VERSION}decide/", acting.report_decide, name="report-decide"),
    path(f"{VERSION}pdf/<slug:language>/", reading.pdf_download, name="pdf-download"),
    path(f"{VERSION}pdf/<slug:language>/status/", reading.pdf_status, name="pdf-status"),
    path(f"{VERSION}pdf/<slug:language>/order/", acting.pdf_order, name="pdf-order"),
]
