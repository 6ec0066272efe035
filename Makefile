# The commands of the house. A bare machine needs make, Python 3.11 or newer and its venv module; everything else is fetched with hashes.

SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
# Debian's own Python first: what stands before it in PATH may lack the venv module or be a shim.
PYTHON ?= $(shell for p in /usr/bin/python3 python3.11 python3 python3.12 python3.13; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
PIP := $(PY) -m pip install --disable-pip-version-check --quiet --require-hashes
VAR := $(or $(VAR_DIR),var)
WORLD := $(VAR)/multaqa.sqlite3
PO := $(wildcard locale/*/LC_MESSAGES/django.po)
ROOMS := network $(wildcard profiles forums chat documents events decisions notices moderation realtime search insights)
CHECKS := style types templates imports migrations deploy messages security laws
# All of it, two at a time: each worker has its own database, layer, server and Chromium. With ARGS, only what they say.
SUITE = $(PY) -m pytest $(or $(ARGS),-n 2)
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: help run seed test test-embedded test-production services check $(CHECKS:%=check-%) faults digests bench lock messages format clean

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.base $(PO:.po=.mo) ## Start the network on this machine with its demo world (Ctrl-C ends it; PORT=8001 for another port)
	@test -e $(WORLD) && test -e $(VAR)/.seeded || { \
		echo "Making the demo world (once; your data stays in $(VAR)/) …" && export DEMO=1 && \
		$(PY) manage.py migrate --verbosity 0 && $(PY) manage.py seed && touch $(VAR)/.seeded; }
	@DEMO=1 exec $(PY) manage.py serve $(if $(PORT),--port $(PORT))

seed: $(VENV)/.base ## Put the demo world into the database again (twice is the same as once)
	@DEMO=1 $(PY) manage.py seed

test: test-embedded test-production ## Run the whole suite on both shapes, with journeys in Chromium

test-embedded: services $(VENV)/.dev $(PO:.po=.mo) ## Run the suite on SQLite, all in one process
	TEST_SHAPE=embedded $(SUITE)

test-production: services $(VENV)/.dev $(PO:.po=.mo) ## Run the suite on real PostgreSQL and Redis
	TEST_SHAPE=production $(SUITE)

services: ## Install what the tests need of Debian (PostgreSQL, Redis, Chromium, Caddy), when root and when it is missing
	@.ci/install

check: $(CHECKS:%=check-%) ## Run every check that needs no running program (make -j2 -k check: two at a time, all of them)
$(CHECKS:%=check-%): $(VENV)/.dev $(PO:.po=.mo)

check-style:
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

check-types:
	$(PY) -m mypy

check-templates:
	$(PY) -m djlint --lint --quiet templates

check-imports:
	$(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-logo

check-migrations:
	$(PY) manage.py makemigrations --check --dry-run

check-deploy:
	@echo "manage.py check --deploy, as production" && SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	PRODUCTION=1 ALLOWED_HOSTS=multaqa.example DATABASE_URL=postgres://nobody@localhost/none REDIS_URL=redis://localhost/0 \
	$(PY) manage.py check --deploy --fail-level WARNING

check-messages:
	$(PY) manage.py translations check

check-security:
	$(PY) -c "import logging; logging.disable(logging.WARNING); from bandit.cli.main import main; main()" --quiet --configfile pyproject.toml --recursive --severity-level medium $(ROOMS)

check-laws: services
	TEST_SHAPE=embedded $(PY) -m pytest --quiet tests/house/test_tracked_text.py tests/house/test_templates.py tests/house/test_compose.py

faults: services $(VENV)/.dev $(PO:.po=.mo) ## Kill everything in turn, 20 rounds with 5 seeds, and check that nothing acknowledged is lost (50,000 messages, under an hour on two quiet cores; ARGS="--rounds 5 --seeds 1" for less)
	$(PY) -m tests.faults $(ARGS)

digests: services $(VENV)/.dev $(PO:.po=.mo) ## Send ten thousand digests while workers are killed twenty times, and open every line as its reader (under half an hour; ARGS="--digests 500 --kills 5 --size 2" for less)
	$(PY) -m tests.faults.mail $(ARGS)

bench: $(VENV)/.dev $(PO:.po=.mo) ## Measure the budgets beside their yardsticks, and print the table
	$(PY) -m tests.bench $(ARGS)

lock: ## Compile requirements/*.in to locks with hashes (needs uv); UPGRADE=1 takes newer versions
	uv pip compile $(LOCK) $(if $(UPGRADE),--upgrade) requirements/base.in -o requirements/base.txt
	uv pip compile $(LOCK) $(if $(UPGRADE),--upgrade) requirements/dev.in -o requirements/dev.txt

messages: $(VENV)/.dev ## Gather the sentences of code and templates into locale/, and tell what lacks a translation
	$(PY) manage.py translations extract
	$(PY) manage.py translations check

format: $(VENV)/.dev ## Put code into the house's form
	$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .

clean: ## Remove what can be made again: the environment, caches, catalogues (never var/, your data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache $(PO:.po=.mo)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/pip:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed (Debian: apt-get install python3 python3-venv)." >&2; exit 1; }
	@echo "Making $(VENV) with $(PYTHON) …"
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/.base: requirements/base.txt | $(VENV)/bin/pip
	@echo "Installing what the network runs on (about a minute, once) …"
	@$(PIP) -r requirements/base.txt
	@touch $@

$(VENV)/.dev: requirements/base.txt requirements/dev.txt | $(VENV)/bin/pip
	@echo "Installing what tests and checks need (about a minute, once) …"
	@$(PIP) -r requirements/dev.txt
	@touch $(VENV)/.base $@

# Catalogues are built by Babel, so that nobody needs GNU gettext to read Arabic.
%.mo: %.po | $(VENV)/.base
	@$(PY) -m babel.messages.frontend --quiet compile --input-file $< --output-file $@
