"""The bench runs and prints JSON lines. What it measures is no matter of tests: a busy machine must not fail one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from audits.bench.timing import Pair, measured


def test_median_forgets_a_disturbance():
    turns = iter([0, 0, 1, 0, 0])

    def now_and_then_slow():
        for _step in range(200_000 if next(turns) else 1):
            pass

    line = measured(Pair("x", now_and_then_slow, lambda: None, repeats=4, units=10, note="of nothing"))
    assert line.keys() == {"name", "ours_ms", "floor_ms", "ratio", "repeats", "ours_per_s", "floor_per_s", "note"}


@pytest.mark.parametrize(
    ("part", "names"),
    [("reading", ["list_page", "list_api", "statistics_query"]), ("importing", ["import"])],
)
def test_bench_prints_json_lines_and_leaves_nothing(part, names, tmp_path):
    """In a process and a database of its own: it makes and drops a test database, which this one must not be."""
    database = tmp_path / "own.sqlite3"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "cpaudit.settings",
        "SECRET_KEY": "only for this test " * 4,
        "DATABASE_URL": f"sqlite:///{database}",
        "VAR_DIR": str(tmp_path / "var"),
    }
    command = [sys.executable, "manage.py", "bench", "--rows=30", "--import-rows=20", "--repeats=1", f"--only={part}"]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    setting, *lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert setting["audits"] == 30
    assert [line["name"] for line in lines] == names
    assert all(line["ratio"] > 0 for line in lines)
    assert not Path(database).exists() or not database.stat().st_size
