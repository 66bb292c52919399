"""Why a service did not do what it was asked. Pages and REST turn these into the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cpaudit.rulebook.findings import Finding


class Refusal(Exception):
    """The act did not happen, nothing was written. `sentence` is an English msgid with ``%(name)s`` places."""

    status = 400

    def __init__(self, sentence: str, **params: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.params: Mapping[str, Any] = params


class NotAllowed(Refusal):
    """This person may not do this (HTTP 403). What he may not even see is 404 and never comes here."""

    status = 403


class Stale(Refusal):
    """Somebody was faster, or the page was old (HTTP 409); the sentence tells what happened meanwhile."""

    status = 409


class Refused(Refusal):
    """A rule does not hold (HTTP 422); every finding goes along, the satisfied ones too."""

    status = 422

    def __init__(self, sentence: str, findings: Sequence[Finding] = (), **params: Any) -> None:
        super().__init__(sentence, **params)
        self.findings = list(findings)


class Invalid(Refusal):
    """The input cannot be used (HTTP 400); `errors` maps a field's name to its sentences."""

    status = 400

    def __init__(self, sentence: str, errors: Mapping[str, Sequence[str]] | None = None, **params: Any) -> None:
        super().__init__(sentence, **params)
        self.errors = dict(errors or {})


def allowed(check: Callable[..., None], *args: Any) -> bool:
    """Does a policy's check let it pass? For buttons; services call the check itself."""
    try:
        check(*args)
    except NotAllowed:
        return False
    return True
