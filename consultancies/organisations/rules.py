"""What the Measures ask of an organisation's staff. Pure."""

from __future__ import annotations

from cpaudit.rulebook.findings import Finding, Severity, _
from cpaudit.rulebook.rulesets import RuleSet


def staff_finding(qualified: int, associates: int, rules: RuleSet) -> Finding:
    """Does the organisation employ enough registered auditors (R-23b)? Falling below is a warning, not a loss.

    Auditors and principals count; enough only together with associates is "conditional", which is a warning, too.
    """
    needed = rules.integer("org_min_fulltime")
    params = {"qualified": qualified, "associates": associates, "needed": needed}
    if qualified >= needed:
        text = _("%(qualified)s registered auditors are employed; %(needed)s are needed.")
    elif qualified + associates >= needed:
        text = _("%(needed)s auditors are needed: only with its %(associates)s associates does it reach them.")
    else:
        text = _("%(qualified)s registered auditors and %(associates)s associates are employed; %(needed)s are needed.")
    ok = qualified >= needed
    return Finding("R-23b", rules.article("org_min_fulltime"), ok, text, severity=Severity.WARN, params=params)
