"""What people do to a report: sign it, file it, take it back, decide on it, close the audit, have it printed."""

from audits.reports.services.deciding import close, decide, take_back
from audits.reports.services.filing import file_report
from audits.reports.services.rendering import order_pdf, render, sweep_renderings
from audits.reports.services.signing import sign_report

__all__ = ["close", "decide", "file_report", "order_pdf", "render", "sign_report", "sweep_renderings", "take_back"]
