"""Turns one HTML document into a PDF, in a process of its own.

Run by path, never imported by the application: HTML that makes the renderer run away, eat the memory or crash takes
nothing else with it. The limits are set before the document is looked at, and no resource is read but those handed
over: `asset:NAME` from the order itself, and `data:` addresses. Nothing comes from the disk or the network.

Reads one JSON object from standard input:
    {"html": …, "assets": {NAME: {"type": …, "base64": …}}, "output": path, "identifier": …,
     "memory": bytes, "seconds": CPU seconds, "size": bytes}
Prints JSON lines: `{"step": 1…7, "page": …}` while it works, at the end `{"ok": true, "pages": …}` or
`{"ok": false, "code": …, "detail": …}`. The PDF is written to `output`.
"""

import base64
import ctypes
import json
import logging
import os
import re
import resource
import signal
import sys
from pathlib import Path
from typing import Any


class Failed(Exception):
    """No PDF; `code` names the sentence a person is shown."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def main() -> None:
    die_with_the_parent()
    order = json.load(sys.stdin)
    try:
        limit(order)
        say(ok=True, pages=render(order))
    except Failed as failure:
        say(ok=False, code=failure.code, detail=failure.detail)
    except MemoryError:
        say(ok=False, code="too_large", detail="")
    except RecursionError:
        say(ok=False, code="too_deep", detail="")


def say(**line: Any) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def die_with_the_parent() -> None:
    """A worker that is killed must not leave a renderer behind that works for nobody (Linux only)."""
    set_parent_death_signal = 1
    try:
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    except (OSError, AttributeError):
        return
    if os.getppid() != int(os.environ["RENDERER_PARENT"]):
        sys.exit(1)  # the parent had died before we could say so


def limit(order: dict[str, Any]) -> None:
    for what, value in (
        (resource.RLIMIT_AS, order["memory"]),
        (resource.RLIMIT_FSIZE, order["size"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value))
    # The soft limit ends the process with a signal that says why; the hard one would look like any other kill.
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"] + 5))


def render(order: dict[str, Any]) -> int:
    """Write the PDF; returns the number of pages."""
    try:
        import weasyprint  # loads the system's text libraries, which may be missing
        from weasyprint.logger import PROGRESS_LOGGER
    except (OSError, ImportError) as error:
        raise Failed("libraries_missing", str(error).splitlines()[0]) from error
    if not has_chinese_font():
        raise Failed("font_missing")
    PROGRESS_LOGGER.setLevel(logging.INFO)
    PROGRESS_LOGGER.addHandler(Progress())
    html = weasyprint.HTML(string=order["html"], url_fetcher=fetcher_for(order["assets"]), base_url="asset:")
    document = html.render()
    document.write_pdf(Path(order["output"]), pdf_identifier=order["identifier"].encode(), pdf_tags=True)
    return len(document.pages)


def has_chinese_font() -> bool:
    """Without one the text would come out as boxes, which looks like success until somebody reads it."""
    try:
        fontconfig = ctypes.CDLL("libfontconfig.so.1")
    except OSError:
        return True  # not a system that keeps its fonts there; nothing can be said
    pointer = ctypes.c_void_p
    fontconfig.FcNameParse.restype = fontconfig.FcObjectSetCreate.restype = pointer
    fontconfig.FcNameParse.argtypes = [ctypes.c_char_p]
    # FcFontSet begins with the number of fonts found.
    fontconfig.FcFontList.restype = ctypes.POINTER(ctypes.c_int)
    fontconfig.FcFontList.argtypes = [pointer, pointer, pointer]
    chinese = fontconfig.FcNameParse(b":lang=zh-cn")
    fonts = fontconfig.FcFontList(None, chinese, fontconfig.FcObjectSetCreate())
    return bool(fonts) and fonts[0] > 0


class Progress(logging.Handler):
    """WeasyPrint logs its seven steps, and in the fifth each page it has laid out; these lines become numbers."""

    LINE = re.compile(r"Step (\d)(?:.*Page (\d+))?")

    def emit(self, record: logging.LogRecord) -> None:
        if found := self.LINE.search(record.getMessage()):
            say(step=int(found[1]), page=int(found[2] or 0))


def fetcher_for(assets: dict[str, dict[str, str]]) -> Any:
    """Everything a document may ask for: what was handed over with it, and what it carries itself."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            scheme, _colon, name = url.partition(":")
            if scheme == "data":
                return super().fetch(url, headers)
            if scheme == "asset" and name in assets:
                body = base64.b64decode(assets[name]["base64"])
                return URLFetcherResponse(url, body, {"Content-Type": assets[name]["type"]})
            raise ValueError(f"Not handed over with the document: {url[:80]}")

    return Fetcher(allowed_protocols={"data"}, allow_redirects=False)


if __name__ == "__main__":
    main()
