# Two commands are enough for a newcomer: `make demo` and `make test`. Each makes its own environment first.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types imports format bench soak wheel lock clean env

help: ## Show what can be done here
	@echo "Amtsweg: the procedures of a town hall as text, proven and run."
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12 | sed 's/^/  make /'

$(STAMP): requirements.lock pyproject.toml
	@echo "==> Making the environment in $(VENV) (once, about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "The module venv is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -q --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $(STAMP)

env: $(STAMP) ## Make the environment only

demo: $(STAMP) ## Run the dog registration from form to notice, with a restart in between
	@$(BIN)/amtsweg demo --out demo-output

test: $(STAMP) ## Run the tests (all but the soak runs)
	@echo "==> Tests on $(WORKERS) processes (a few minutes)"
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not soak"
	@echo "==> All tests passed. Next: make check, or make help for everything else."

check: lint types imports ## Lint, types and import contracts
	@echo "==> Lint, types and import contracts are clean."

lint: $(STAMP) ## Lint and formatting
	@$(BIN)/ruff check amtsweg tests examples benchmarks
	@$(BIN)/ruff format --check -q amtsweg tests examples benchmarks

types: $(STAMP) ## mypy --strict
	@$(BIN)/mypy

imports: $(STAMP) ## Import contracts: one way only, no circles
	@$(BIN)/lint-imports --no-logo

format: $(STAMP) ## Format the code
	@$(BIN)/ruff check --fix -q amtsweg tests examples benchmarks; $(BIN)/ruff format -q amtsweg tests examples benchmarks

bench: $(STAMP) ## Run the benchmarks: ratios against the raw limit, in the same run
	@for file in benchmarks/*.py; do echo "==> $$file"; $(BIN)/python $$file || exit 1; done

soak: $(STAMP) ## Run the longest tests
	@AMTSWEG_FRESH=1 $(BIN)/python -m pytest -m soak

wheel: $(STAMP) ## Build the wheel and try it in an environment of its own
	@rm -rf dist .venv-wheel
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist . > /dev/null
	@$(PYTHON) -m venv .venv-wheel
	@.venv-wheel/bin/python -m pip install --disable-pip-version-check --progress-bar off -q --require-hashes -r requirements.lock
	@.venv-wheel/bin/python -m pip install --disable-pip-version-check -q --no-deps dist/*.whl
	@cd / && $(CURDIR)/.venv-wheel/bin/python -I $(CURDIR)/tests/wheel_smoke.py
	@rm -rf .venv-wheel

lock: $(STAMP) ## Pin all dependencies with hashes again (needs uv)
	@uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate -q -o requirements.lock

clean: ## Remove what was made
	@rm -rf $(VENV) .venv-wheel dist build demo-output .pytest_cache .mypy_cache .ruff_cache .hypothesis
