"""The web server's settings: two processes with eight threads each.

Threads, because a client that sends slowly must not stop everybody else; two processes, because one may be busy with
Python. Put a buffering reverse proxy in front (see `docs/operations.md`).
"""

import os

bind = os.environ.get("HOST", "127.0.0.1") + ":" + os.environ.get("PORT", "8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60  # a worker that gives no sign of life for so long is replaced
graceful_timeout = 20  # requests under way at a stop have so long to finish
keepalive = 5
control_socket_disable = True  # it would lie in the home folder, shared by every site of this user
# Now and then a fresh process: whatever leaks, leaks little. The jitter keeps both from going at once.
max_requests = 5_000
max_requests_jitter = 500
if os.access("/dev/shm", os.W_OK):  # noqa: S108  (gunicorn makes an unguessable file there)
    worker_tmp_dir = "/dev/shm"  # noqa: S108  (the sign of life is a file's time; a slow disk must not look like death)

# The application writes the access line, with request id and user; the server only tells of itself.
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "info")
as_json = os.environ.get("LOG_FORMAT", "json") == "json"
logconfig_dict = {
    "loggers": {
        "gunicorn.error": {"level": loglevel.upper(), "handlers": ["error_console"], "propagate": False},
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
    },
    "formatters": {
        "generic": {"()": "cpaudit.web.logs.JsonFormatter"}
        if as_json
        else {"format": "%(levelname)s %(name)s %(message)s"}
    },
}
