# Relais. `make help` lists what there is.
PYTHON ?= python3
UV ?= uv
JOBS ?= 2
BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
LOCK := $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock"

.PHONY: help demo test check bench nightly mutants audit guide lock
.DEFAULT_GOAL := help

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.runs ## Open the demonstration on this machine (PORT=8001 for another port)
	@$(BIN)/relais demo start

# The tests start processes by the hundred: what they run is compiled once, even where Python keeps no bytecode.
test: .venv/.tests ## Install what the tests need, then run them on SQLite, PostgreSQL and Chromium
	@bash tests/provision.sh
	@$(BIN)/python -m compileall -q service tests
	@$(BIN)/pytest -n $(JOBS) --dist worksteal

check: .venv/.tests ## Style, types, direction of imports, generated documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/relais workflow docs --check

bench: .venv/.tests ## Measure the service against its targets
	@$(BIN)/python bench/run.py

nightly: .venv/.tests ## The same tests with larger counts, and what they cover
	@bash tests/provision.sh
	@$(BIN)/python -m compileall -q service tests
	@RELAIS_TEST_SCALE=nightly $(BIN)/pytest -n $(JOBS) --dist worksteal --cov --cov-report=term
	@$(BIN)/python bench/endurance.py

mutants: .venv/.tests ## Plant known bugs one by one; the tests must find each
	@bash tests/provision.sh
	@$(BIN)/python -m tests.mutants.run

audit: .venv/audit/.installed ## Look for known vulnerabilities in what is locked; fails where it could not look
	@.venv/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

guide: .venv/.tests ## Play the journeys of docs/guide.md and take its pictures anew
	@$(BIN)/python -m tests.browser.guide docs/guide

lock: ## For maintainers: write the lock files anew (needs uv)
	@$(LOCK) --upgrade --group build pyproject.toml -o requirements.lock
	@$(LOCK) --upgrade --constraint requirements.lock --group build --group dev pyproject.toml \
		-o requirements-dev.lock
	@$(LOCK) --upgrade --group audit -o requirements-audit.lock
	@! grep -n 'http' requirements.lock requirements-dev.lock requirements-audit.lock

# The stamps say which lock was installed last: a second start does nothing here.
.venv/.runs: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing Relais into .venv (once)…"
	@$(PIP) install --require-hashes --no-deps -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.tests: requirements-dev.lock .venv/.runs
	@echo "Installing the tools for tests and checks into .venv (once)…"
	@$(PIP) install --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

.venv/audit/.installed: requirements-audit.lock | $(BIN)/python
	@$(PYTHON) -m venv --clear .venv/audit
	@.venv/audit/bin/python -m pip -qq --disable-pip-version-check install --require-hashes --no-deps \
		-r requirements-audit.lock
	@touch $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Relais needs Python 3.11 or newer; no $(PYTHON) was found." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Relais needs Python 3.11 or newer; this is $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name another one: make demo PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python has no 'venv' module. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv
