# One machine, nothing installed: `make run` and `make test` set up whatever they need (see bin/setup).
PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON = .venv/bin/python
# What a deployment's settings look like; the checks run under them.
PRODUCTION = env DEBUG=0 HTTPS_ONLY=1 STATIC_FROM_SOURCE=0 LOG_FORMAT=json ALLOWED_HOSTS=cpaudit.example.org \
	SITE_URL=https://cpaudit.example.org SECRET_KEY=only-for-this-check-$(shell printf '0123456789%.0s' 1 2 3 4 5)
COMPILE = $(PYTHON) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate pyproject.toml
MESSAGES = $(PYTHON) manage.py makemessages --all --no-location --no-obsolete --ignore=.venv --ignore=var

.DEFAULT_GOAL := help
.PHONY: help run test setup setup-dev lint bench messages lock

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/make \1\t\2/p' Makefile | expand -t 18

run:  ## everything on this machine with demo data; PORT=8123 chooses the port, Ctrl-C stops it
	@bin/setup
	@exec $(PYTHON) manage.py serve --host $(HOST) --port $(PORT)

test: setup-dev  ## lint, checks, and all tests on every engine that answers
	@$(MAKE) --no-print-directory lint
	@exec $(PYTHON) -m tests.on_every_engine

setup:  ## the environment for running, without starting anything
	@bin/setup

setup-dev:  ## the same with the tools for tests and linting
	@bin/setup dev

lint: setup-dev  ## style, types, templates, migrations, deployment settings
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m djlint --quiet --lint templates
	$(PRODUCTION) $(PYTHON) manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING

bench: setup-dev  ## speed, as JSON lines with ratios
	@exec $(PYTHON) manage.py bench

messages: setup-dev  ## collects the texts to translate into locale/ (needs gettext) and says which are missing
	$(MESSAGES)
	$(PYTHON) manage.py compile_translations
	$(PYTHON) -m pytest -q tests/test_translations.py

lock: setup-dev  ## pins the newest packages that pyproject.toml allows, with hashes
	$(COMPILE) --upgrade --extra s3 -o requirements.txt
	$(COMPILE) --upgrade --extra s3 --extra dev -c requirements.txt -o requirements-dev.txt
