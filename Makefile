# Everything a person or a machine does here. `make run` talks, `make test` is what CI runs.
# The browser for page tests is found on the PATH, or named: UI_TEST_BROWSER=/path/to/chromium make test

PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python
PACKAGES_MB ?= 2500  # with a CPU build of torch; the weights are looked at by `ui.run --check`
SOURCES := corpus ingest coach ui evals tests

.PHONY: run setup weights ingest test check eval bench release screenshots clean

run: .venv/installed  ## environment, packages, weights, ingest, service and page; Ctrl-C ends all
	@$(PY) -m ui.run --check
	@$(PY) -m corpus.weights
	@$(PY) -m ingest
	@$(PY) -m ui.run

setup: .venv/installed  ## the environment in .venv, with all packages

weights: .venv/installed  ## the models, checked by hash, into the user's cache
	@$(PY) -m corpus.weights

ingest: .venv/installed  ## read corpus/articles into the index
	@$(PY) -m ingest

test: .venv/tested weights  ## everything that CI does
	$(MAKE) lint
	CI=1 $(PY) -m pytest  # as there: without a browser the page's tests fail instead of being skipped
	$(MAKE) gate

.PHONY: gate
gate: ingest  ## all that needs no model in full against its floors; the model's part on a sample, for what must always hold
	$(PY) -m evals check-data
	COACH_MODEL=none $(PY) -m evals retrieval grounding safety conversation --report build/reports/rails
	$(PY) -m evals grounding conversation --fast --invariants --report build/reports/model
	$(PY) -m evals plant --out build/reports/faults.md

check: .venv/tested lint  ## format, lint, types, import contracts, tests without weights, browser or servers
	$(PY) -m pytest -m "not weights and not browser and not server"

.PHONY: lint
lint: .venv/tested
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: .venv/tested weights ingest  ## every suite with the real model; takes about an hour on two cores
	$(PY) -m evals all --report build/reports

bench: .venv/tested weights ingest  ## the plain recipe against this coach, same machine, same weights
	$(PY) -m evals speed --report build/bench

release: .venv/tested  ## what has to hold before a version is offered to anyone; stops first at a number nobody has checked
	$(PY) -m coach referrals
	$(MAKE) test eval

screenshots: .venv/tested  ## a picture of each form of the page
	$(PY) tests/ui/screenshots.py

clean:  ## what was built here; the weights stay in the user's cache (README says how to remove them)
	rm -rf .venv build store *.egg-info

# Packages are installed once for a state of pyproject.toml and constraints.txt.
.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import shutil, sys; free = shutil.disk_usage(".").free >> 20; sys.exit(f"make: {free} MB of disk are \
	free here, $(PACKAGES_MB) MB are needed for the packages: free some space" if free < $(PACKAGES_MB) else 0)'
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it: make run PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/tested: .venv/installed
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[test]'
	@touch $@
