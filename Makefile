# Two commands are enough: `make serve` opens the suite, `make test` proves it.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PORT ?= 8866
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
RUN := $(VENV)/bin/python -m nbutils
PIP := $(VENV)/bin/pip install --disable-pip-version-check --progress-bar off
# Of all that pip says: one line for every package that it downloads, with its size, and one when it unpacks.
SHOWN := sed -unE -e '/\.metadata/d' \
  -e 's%^ *(Downloading|Using cached) ([^ ]*/)?([^ /]+) (\([^)]*\)).*%  \3 \4%p' \
  -e 's/^Installing collected packages.*/  Unpacking; the largest take a minute./p'

# Where Python may not keep what it has compiled, every kernel and every test process compiles the suite anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup serve lab test bench clean weights chromium

$(VENV)/.installed: requirements.lock pyproject.toml
	@echo "Setting up $(VENV), once; some minutes. About 2 GB with the CPU build of torch. On Linux pip takes the GPU build,"
	@echo "several GB more, unless the README's section on builds was followed: Ctrl-C stops, make goes on."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, found: $$($(PYTHON) --version). Name one with: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@echo "1 of 3: torch and what it needs"
	@grep -q '^torch==' requirements.lock && $(PIP) "$$(grep '^torch==' requirements.lock)" | $(SHOWN)
	@echo "2 of 3: the other packages"
	@$(PIP) -r requirements.lock | $(SHOWN)
	@echo "3 of 3: this suite"
	@$(PIP) --quiet --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "Packages are in place."

# What the notebooks need beside packages: networks, photographs and digits, fetched once into the user's cache folder.
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
	@$(VENV)/bin/python -m pytest -n 2 --dist loadfile --ignore tests/browser
	@$(VENV)/bin/python -m pytest -n 2 --dist loadfile -m "not alone" tests/browser
	@$(VENV)/bin/python -m pytest -m alone tests/browser

bench: weights chromium
	@$(RUN) bench serve
	@$(RUN) bench deepvis
	@$(RUN) bench preferred
	@$(RUN) bench rbm
	@$(RUN) bench forms
	@$(RUN) bench transfer

clean:
	rm -rf build dist .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@echo "Left alone: $(VENV) (rm -rf it to set up afresh) and the data cache ($(RUN) doctor says where)."
