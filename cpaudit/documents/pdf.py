"""HTML → PDF in a child process with limits on time, memory and size; see `pdf_child.py` for what it may read."""

from __future__ import annotations

import base64
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cpaudit.rulebook.findings import _

logger = logging.getLogger(__name__)
CHILD = Path(__file__).with_name("pdf_child.py")
STEPS = 7
"""What WeasyPrint counts itself: reading, styles, boxes, layout, painting, writing."""
# The renderer gets no secrets of ours: only what finding fonts and libraries takes.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "XDG_CACHE_HOME", "XDG_DATA_HOME", "TMPDIR")

REASONS: dict[str, str] = {
    "libraries_missing": _(
        "The PDF libraries are not installed on the server: apt-get install libpangoft2-1.0-0 libharfbuzz-subset0 "
        "fonts-noto-cjk."
    ),
    "font_missing": _("No Chinese font is installed on the server: apt-get install fonts-noto-cjk."),
    "too_deep": _("The document is nested too deeply to be laid out."),
    "too_large": _("The document needs more memory than a rendering may take."),
    "too_long": _("The document took longer than a rendering may take."),
    "crashed": _("The renderer ended unexpectedly; the server's log says more."),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one rendering may take. A report of 60 pages needs some 10 s, 300 MB and 2 MB."""

    memory: int = 2 * 1024**3
    cpu_seconds: int = 120
    wall_seconds: float = 300.0
    size: int = 100 * 1024**2


@dataclass(frozen=True, slots=True)
class Asset:
    """A picture or font handed over with the document, which asks for it as `asset:NAME`."""

    content_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pdf:
    body: bytes = field(repr=False)
    pages: int


class PdfFailed(Exception):
    """No PDF came of it. `reason` is an English msgid fit to show."""

    def __init__(self, code: str) -> None:
        super().__init__(REASONS[code])
        self.code, self.reason = code, REASONS[code]


def render_pdf(
    html: str,
    *,
    identifier: str,
    assets: Mapping[str, Asset] | None = None,
    limits: Limits = Limits(),
    progress: Callable[[int, int], None] = lambda step, page: None,
) -> Pdf:
    """The PDF of a whole HTML document. The same HTML and identifier give the same bytes with the same libraries.

    `progress(step, page)` is called as the renderer goes on: steps 1 to `STEPS`, pages counted while they are laid out.
    An exception it raises stops the rendering and comes through. Raises `PdfFailed`.
    """
    with tempfile.TemporaryDirectory(prefix="cpaudit-pdf-") as folder:
        output = Path(folder) / "document.pdf"
        order = {
            "html": html,
            "identifier": identifier,
            "output": str(output),
            "memory": limits.memory,
            "seconds": limits.cpu_seconds,
            "size": limits.size,
            "assets": {
                name: {"type": asset.content_type, "base64": base64.b64encode(asset.body).decode()}
                for name, asset in (assets or {}).items()
            },
        }
        answer = _run(json.dumps(order), limits, progress, Path(folder) / "errors")
        return Pdf(output.read_bytes(), answer["pages"])


def _run(order: str, limits: Limits, progress: Callable[[int, int], None], errors: Path) -> Mapping[str, Any]:
    """The child's last line. It is killed when its time is over and whenever we leave early."""
    with errors.open("wb") as stderr:
        child = subprocess.Popen(  # noqa: S603  our own interpreter and file, no input among the arguments
            [sys.executable, "-s", "-P", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=_environment(),
            text=True,
            encoding="utf-8",
        )
    late = threading.Event()

    def stop() -> None:
        late.set()
        child.kill()

    timer = threading.Timer(limits.wall_seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        last = _conversation(child, order, progress)
    finally:
        timer.cancel()
        child.kill()
        code = child.wait()
    if last.get("ok"):
        return last
    reason = _reason(last, code, late.is_set())
    logger.warning(
        "No PDF: %s (exit %s): %s %s",
        reason,
        code,
        last.get("detail", ""),
        errors.read_text("utf-8", "replace")[-2000:],
    )
    raise PdfFailed(reason)


def _conversation(child: subprocess.Popen[str], order: str, progress: Callable[[int, int], None]) -> Mapping[str, Any]:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("The child was started without pipes.")
    try:
        child.stdin.write(order)
        child.stdin.close()
    except BrokenPipeError:
        return {}
    last: Mapping[str, Any] = {}
    for text in child.stdout:
        line = json.loads(text)
        if "step" in line:
            progress(line["step"], line["page"])
        else:
            last = line
    return last


def _environment() -> dict[str, str]:
    """A fixed hash seed keeps sets in the same order, and with them the bytes of the PDF."""
    passed = {name: value for name in PASSED_ON if (value := os.environ.get(name))}
    fonts = {name: value for name, value in os.environ.items() if name.startswith("FONTCONFIG_")}
    return {**passed, **fonts, "PYTHONHASHSEED": "0", "RENDERER_PARENT": str(os.getpid())}


def _reason(last: Mapping[str, Any], exit_code: int, late: bool) -> str:
    if late or exit_code == -24:  # SIGXCPU: the limit on CPU seconds
        return "too_long"
    return str(last.get("code") or "crashed")
