"""The renderer's child process: what it reads, what it refuses, how it ends."""

import http.server
import os
import re
import signal
import subprocess
import threading
import time
import zlib

import pytest

from cpaudit.documents.pdf import REASONS, Asset, Limits, PdfFailed, render_pdf

pytestmark = pytest.mark.pdf

SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20" fill="red"/></svg>'
)


def text_of(body, tmp_path):
    file = tmp_path / "document.pdf"
    file.write_bytes(body)
    return subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout


def streams(body):
    """All streams of the PDF, unpacked: drawings and texts of whatever was read in would be in there."""
    found = []
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", body, re.S):
        try:
            found.append(zlib.decompress(raw))
        except zlib.error:
            found.append(raw)
    return b"\n".join(found)


@pytest.fixture
def server():
    """Counts who asks; a renderer that asks anything has already failed."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(SQUARE.encode())

        def log_message(self, *_args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()


def test_chinese_and_latin_text_comes_out_as_text(tmp_path):
    pdf = render_pdf("<h1>清洁生产审核报告 Audit report</h1>", identifier="a")
    assert pdf.pages == 1
    assert "清洁生产审核报告 Audit report" in text_of(pdf.body, tmp_path)


def test_same_document_gives_the_same_bytes():
    html = "<meta name=dcterms.created content=2026-03-01><p>同样的内容</p><ul><li>a<li>b</ul>"
    assert render_pdf(html, identifier="x").body == render_pdf(html, identifier="x").body


def test_progress_counts_steps_and_pages():
    told = []
    pdf = render_pdf("<p style='break-after:page'>1</p><p>2</p>", identifier="a", progress=lambda *at: told.append(at))
    assert pdf.pages == 2
    assert [step for step, _page in told] == sorted(step for step, _page in told)
    assert {1, 5, 6, 7} <= {step for step, _page in told}
    assert (5, 2) in told


VECTORS = """
    <img src="{url}">
    <link rel="stylesheet" href="{url}">
    <style>@import "{url}";</style>
    <style>body{{background:url("{url}")}}</style>
    <style>li{{list-style-image:url("{url}")}}</style><ul><li>x</ul>
    <style>@font-face{{font-family:x;src:url("{url}")}} p{{font-family:x}}</style><p>x</p>
    <style>p::before{{content:url("{url}")}}</style>
    <object data="{url}"></object>
    <embed src="{url}">
    <svg width="9" height="9" xmlns="http://www.w3.org/2000/svg"><image href="{url}" width="9" height="9"/></svg>
    <svg width="9" height="9" xmlns="http://www.w3.org/2000/svg"><use href="{url}#a"/></svg>
    <link rel="attachment" href="{url}">
    <a rel="attachment" href="{url}">x</a>
    <img src='data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/></svg>'>
"""
"""Every way a document can ask for something. What `<base>` does to a relative address is tried apart."""


def test_nothing_is_read_from_network_or_disk(server, tmp_path):
    url, asked = server
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of this machine")
    places = (f"{url}/x.svg", secret.as_uri(), str(secret))
    pdf = render_pdf("".join(VECTORS.format(url=place) for place in places) + "<p>after</p>", identifier="a")
    assert b"the secret of this machine" not in streams(pdf.body)
    assert "after" in text_of(pdf.body, tmp_path)
    render_pdf(f'<base href="{url}"><img src="x.png">', identifier="a")
    assert asked == []


def test_what_a_document_carries_itself_is_drawn():
    encoded = SQUARE.replace('"', "%22").replace("#", "%23")
    with_picture = render_pdf(f'<img src="data:image/svg+xml,{encoded}">', identifier="a")
    without = render_pdf('<img src="data:image/svg+xml,nothing">', identifier="a")
    assert b"1 0 0 rg" in streams(with_picture.body)
    assert b"1 0 0 rg" not in streams(without.body)


def test_what_was_handed_over_is_read_and_nothing_else():
    assets = {"seal.svg": Asset("image/svg+xml", SQUARE.encode())}
    assert b"1 0 0 rg" in streams(render_pdf('<img src="asset:seal.svg">', identifier="a", assets=assets).body)
    assert b"1 0 0 rg" not in streams(render_pdf('<img src="asset:other.svg">', identifier="a", assets=assets).body)


@pytest.mark.parametrize(
    ("html", "limits", "code"),
    [
        ("<div>" * 3_000, Limits(), "too_deep"),
        ("<table><tr><td colspan=1000000000>x</table>", Limits(), "too_large"),
        ("<p>" + "x y " * 2_000_000, Limits(cpu_seconds=3), "too_long"),
        ("<p>" + "x y " * 2_000_000, Limits(wall_seconds=1.5), "too_long"),
    ],
    ids=["nesting", "colspan", "cpu", "clock"],
)
def test_bomb_ends_with_a_reason(html, limits, code):
    with pytest.raises(PdfFailed) as failure:
        render_pdf(html, identifier="a", limits=limits)
    assert failure.value.code == code
    assert failure.value.reason == REASONS[code]


def test_killed_child_is_a_crash_and_not_a_hang():
    def kill(_step, _page):
        for child in children():
            os.kill(child, signal.SIGKILL)

    with pytest.raises(PdfFailed) as failure:
        render_pdf("<p style='break-after:page'>1</p>" * 30, identifier="a", progress=kill)
    assert failure.value.code == "crashed"


def children():
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True
    )
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if "pdf_child" in line]


def test_exception_of_the_progress_ends_the_child_too():
    def stop(step, _page):
        raise KeyError("claim lost")

    with pytest.raises(KeyError):
        render_pdf("<p>x", identifier="a", progress=stop)
    assert children() == []


def test_child_dies_with_its_parent(tmp_path):
    """A worker that is killed leaves no renderer behind."""
    script = "from cpaudit.documents.pdf import render_pdf; render_pdf('<p>' + 'x y ' * 2000000, identifier='a')"
    parent = subprocess.Popen([os.sys.executable, "-c", script])
    child = wait_for(lambda: subprocess.run(["pgrep", "-P", str(parent.pid)], capture_output=True, text=True).stdout)
    time.sleep(1)  # it arms itself before it reads its order
    parent.kill()
    parent.wait()
    wait_for(lambda: not running(int(child)))


def running(pid):
    state = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return state not in {"", "Z"}


def wait_for(question, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.05)
    raise AssertionError("It did not happen in time.")


def test_missing_libraries_are_a_sentence_that_says_what_to_install(monkeypatch, tmp_path):
    """A machine without them: a module in the way of WeasyPrint fails as its import does there."""
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')")
    child = tmp_path / "child.py"
    child.write_text(f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n")
    import cpaudit.documents.pdf as module

    child.write_text(child.read_text() + module.CHILD.read_text())
    monkeypatch.setattr(module, "CHILD", child)
    with pytest.raises(PdfFailed) as failure:
        render_pdf("<p>x", identifier="a")
    assert failure.value.code == "libraries_missing"
    assert "apt-get install libpangoft2-1.0-0" in failure.value.reason
