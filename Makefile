# Two commands are enough: `make serve` opens the suite, `make test` proves it.
SHELL := /bin/bash
PORT ?= 8866
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
RUN := $(VENV)/bin/python -m nbutils

.PHONY: setup serve lab test bench clean weights chromium

$(VENV)/.installed: requirements.lock pyproject.toml
	@echo "Setting up $(VENV): pinned packages, about 2 GB; two to ten minutes, once."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, found: $$($(PYTHON) --version). Name one with: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@grep -q '^torch==' requirements.lock && $(VENV)/bin/pip install --quiet --disable-pip-version-check "$$(grep '^torch==' requirements.lock)"
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "Packages are in place."

# What the notebooks need beside packages: networks and photographs, fetched once into the user's cache folder.
weights: $(VENV)/.installed
	@$(RUN) data fetch --quiet-when-done

setup: weights

serve: weights
	@exec $(RUN) serve --port $(PORT)

lab: weights
	@exec $(RUN) lab --port $(PORT)

chromium: $(VENV)/.installed
	@$(VENV)/bin/python -m nbutils.bench.chromium

test: weights chromium
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/python -m pytest

bench: weights chromium
	@$(RUN) bench serve
	@$(RUN) bench deepvis

clean:
	rm -rf build dist .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@echo "Left alone: $(VENV) (rm -rf it to set up afresh) and the data cache (python -m nbutils doctor says where)."
