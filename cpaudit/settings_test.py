"""Settings for the tests: quick password hashes, eager nothing, everything in a folder of its own."""

import os
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="cpaudit-test-"))
os.environ.setdefault("VAR_DIR", str(_folder))
os.environ.setdefault("SECRET_KEY", "a-key-for-tests-only-" + "0123456789" * 4)
os.environ.setdefault("HTTPS_ONLY", "0")

from cpaudit.settings import *  # noqa: E402, F403
from cpaudit.settings import DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ALLOWED_HOSTS = ["*"]
if "CELERY_BROKER_URL" not in os.environ:
    CELERY_BROKER_URL = "memory://"
    CELERY_BROKER_TRANSPORT_OPTIONS: dict = {}
DATABASES["default"].setdefault("TEST", {})
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing folder, and warnings are errors
