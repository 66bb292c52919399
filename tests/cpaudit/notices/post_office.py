"""A mail server for tests that answers every recipient with the code it was told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    recipient_reply = "250 OK"
    taken: int = 0


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline():
            word = line.decode().split(":")[0].strip().upper()
            if word == "DATA":
                self._say("354 go on")
                while self.rfile.readline() != b".\r\n":
                    pass
                self.server.taken += 1
                self._say("250 taken")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say(self.server.recipient_reply if word == "RCPT TO" else "250 OK")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def post_office(recipient_reply: str = "250 OK") -> Iterator[_Server]:
    """Listens on a free port of this machine (`server.server_address[1]`) while the block runs."""
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.recipient_reply = recipient_reply
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
