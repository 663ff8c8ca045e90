# Huiyin: each target in a sentence by `make help`.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
RUN := $(VENV)/bin/python
ASSETS := .run/assets/manifest.json
CHROMIUM := /usr/bin/chromium

.DEFAULT_GOAL := help
.PHONY: help env demo test up down check bench pictures lock

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

env: $(VENV)/stamp $(ASSETS) ## the Python environment and the console's assets, each made anew when its lock file changes

# In place, since a system may be running in it: only packages that changed are replaced.
$(VENV)/stamp: requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing. Install with: sudo apt-get install -y python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv is missing. Install with: sudo apt-get install -y python3-venv" >&2; exit 1; }
	@echo "Fitting the Python environment to requirements.lock: two minutes the first time." >&2
	@mkdir -p .run
	@flock .run/env.lock $(PYTHON) -m venv $(VENV)
	@flock .run/env.lock $(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(ASSETS): package-lock.json $(wildcard services/console/assets/*)
	@command -v npm >/dev/null || { echo "Node's npm is missing. Install with: sudo apt-get install -y nodejs npm" >&2; exit 1; }
	@mkdir -p .run
	@flock .run/assets.lock npm ci --ignore-scripts --no-audit --no-fund --silent
	@flock .run/assets.lock npm run --silent build

# The browser of the tests; they look with it at what people see.
$(CHROMIUM):
	@may=$$(test "$$(id -u)" = 0 || echo "sudo -n"); install="apt-get install -y --no-install-recommends chromium fonts-noto-cjk"; \
	{ $$may apt-get update && $$may env DEBIAN_FRONTEND=noninteractive $$install; } >.run/chromium.log 2>&1 \
	|| { echo "Chromium is missing. Install with: sudo $$install" >&2; exit 1; }

demo: env ## everything from nothing with sample districts and a live feed; Ctrl-C stops it all
	@$(RUN) -m demo

test: env $(CHROMIUM) ## everything from nothing, then the whole test suite on a real Kafka and a real Postgres
	@$(RUN) -m pytest -n 2 --dist loadfile

up: env ## the system without the sample, in the background
	@$(RUN) -m deploy.local up

down: env ## ends what `make up` started
	@$(RUN) -m deploy.local down

check: env ## formatter, linter, strict types and the walls between the rooms
	@$(VENV)/bin/ruff format --check
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/mypy .
	@$(RUN) -m pytest -q tests/test_walls.py

bench: env ## the benchmarks, one JSON line each
	@$(RUN) -m bench

pictures: env $(CHROMIUM) ## the screenshots of the docs anew, of a demo that runs in another terminal
	@$(RUN) -m demo.pictures

lock: env ## requirements.lock anew from requirements.in, keeping the versions that still fit
	@$(PYTHON) -m venv .run/lock
	@.run/lock/bin/pip install --quiet pip-tools
	@.run/lock/bin/pip-compile --quiet --generate-hashes --strip-extras --no-header --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --no-emit-options \
		--output-file requirements.lock requirements.in
