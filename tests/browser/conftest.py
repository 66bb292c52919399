"""Debian's Chromium for every test of this folder."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.conftest import CHROMIUM

# The test and the live server share one process; playwright's loop makes Django think it runs inside async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

LAUNCH = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": LAUNCH}


@pytest.fixture(scope="session")
def base_url() -> None:
    """None: tests name the live server. (The plugin's own fixture makes pytest 9 warn, and warnings are errors.)"""
