# Everything that can be done with this checkout. Needs make and Python 3.11 or newer, nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

# The first of these that is new enough; `make run PYTHON=python3.12` chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; exit; fi; done)
LOCK := requirements/dev.txt
READY := .venv/.ready
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONPATH :=
# Containers often set it; each process of the tests would then compile all that it imports again.
unexport PYTHONDONTWRITEBYTECODE
export SAM_CLI_TELEMETRY := 0

COMPILE := uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11

.PHONY: help setup run test check bench mutants build deploy lock clean

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

setup: $(READY) ## .venv, from the lock with hashes

$(READY): $(LOCK) requirements/pip.txt
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed; none was found (make PYTHON=… names one)" >&2; exit 1; fi
	if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then echo "$(PYTHON) is older than 3.11" >&2; exit 1; fi
	if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then echo "$(PYTHON) has no venv module: apt-get install python3-venv" >&2; exit 1; fi
	echo "Setting up .venv from $(LOCK)"
	$(PYTHON) -m venv --clear .venv
	python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/pip.txt
	python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $@

run: $(READY) ## the local stack with a sample day; ARGS=--once stops by itself
	@exec python -m infra.local run $(ARGS)

test: $(READY) ## all tests, in several processes; ARGS="-n0 -k name" chooses
	@exec python -m pytest -n auto --maxprocesses 4 $(ARGS)

check: $(READY) ## ruff, mypy, the layers, cfn-lint, template tests
	@ruff check .
	ruff format --check .
	mypy .
	lint-imports
	cfn-lint template.yaml
	python -m pytest -q tests/template

bench: $(READY) ## figures; tests/bench/README.md says how to read them
	@exec python -m tests.bench $(ARGS)

mutants: $(READY) ## changes of the domain that no test notices, room by room; ARGS=sla chooses
	@exec python -m tests.mutants $(ARGS)

build: $(READY) ## what `make deploy` deploys
	@python -m infra.build

deploy: $(READY) ## guided deploy to a real account
	@python -m infra.deploy

lock: $(READY) ## lock files from pyproject.toml and requirements/*.in; ARGS=--upgrade renews
	@$(COMPILE) $(ARGS) --extra dev --extra admin pyproject.toml -o $(LOCK)
	$(COMPILE) $(ARGS) requirements/pip.in -o requirements/pip.txt
	$(COMPILE) $(ARGS) requirements/ministack.in -o requirements/ministack.txt
	$(COMPILE) $(ARGS) -c requirements/ministack.txt requirements/runtime.in -o requirements/runtime.txt
	$(COMPILE) $(ARGS) -c $(LOCK) requirements/layer.in -o shared/requirements.txt
	$(COMPILE) $(ARGS) -c $(LOCK) requirements/hubspot.in requirements/domains.in -o functions/advance_lead/requirements.txt
	$(COMPILE) $(ARGS) -c $(LOCK) requirements/hubspot.in -o functions/deliver_hubspot/requirements.txt
	$(COMPILE) $(ARGS) -c $(LOCK) requirements/hubspot.in requirements/slack.in -o functions/check_roster/requirements.txt
	$(COMPILE) $(ARGS) -c $(LOCK) requirements/slack.in -o functions/deliver_slack/requirements.txt

clean: ## everything that was made, the local stack's state too
	rm -rf .venv .local .aws-sam build .pytest_cache .mypy_cache .ruff_cache .hypothesis .mutants
