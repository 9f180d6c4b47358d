# The verbs of the house. Each is a few lines that call cargo, xtask or a small script; CI calls the same ones.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PORT  ?= 8080
SEED  ?= 1
CARGO ?= cargo
# Request lives; CI and `make test` use the same number.
LIVES ?= 1000000
# Request lives carried by several nodes.
FLEETS ?= 20000
SIM    ?= $(CARGO) run --quiet --profile sim -p relais-sim --

.PHONY: help demo test check test-fast e2e sim bench docs dist clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## build, then serve a living demonstration territory on http://127.0.0.1:8080 (PORT=…)
	@scripts/need build
	$(CARGO) build --release -p relais
	exec target/release/relais demo --port $(PORT) --data demo-data

test: ## everything CI runs: lints, tests on SQLite and PostgreSQL, browser tests
	@scripts/need build postgres clock browser valgrind documents imap
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) xtask tidy
	@rm -rf target/documents
	RELAIS_TEST_CLOCK=1 RELAIS_TEST_IMAP=1 RELAIS_TEST_DOCUMENTS=$(CURDIR)/target/documents $(CARGO) xtask postgres -- scripts/unit
	@scripts/documents target/documents
	@scripts/instructions
	@# The very binaries the Rust tests ran: built for themselves, they would be built with other features of what they share.
	@$(MAKE) --no-print-directory sim SIM="$${CARGO_TARGET_DIR:-target}/debug/relais-sim"
	@scripts/e2e

check: ## the fast loop: format, lints, tidy, tests of the core
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) xtask tidy
	scripts/unit -p relais-core -p xtask

test-fast: ## every Rust test on SQLite only
	@RELAIS_TEST_SQLITE_ONLY=1 scripts/unit

e2e: ## browser tests in real Chromium against a demonstration server
	@scripts/need build browser
	$(CARGO) build -p relais
	@scripts/e2e

sim: ## the seeded simulator over LIVES request lives, then FLEETS carried by several nodes (SEED=…)
	@for part in "territory $(LIVES)" "fleet $(FLEETS)"; do \
	  set -- $$part; $(SIM) --only $$1 --seed $(SEED) --lives $$2 \
	    --commit "$$(git describe --always --dirty 2>/dev/null || echo unknown)"; done

bench: ## measure beside references, in turn, and rewrite docs/reference/performance.md (QUICK=1)
	@scripts/need build bench
	$(CARGO) build --release -p relais -p relais-bench
	@scripts/bench

docs: ## refresh what tests generate under docs/reference (schemas, messages, access matrix, API)
	RELAIS_TEST_REFRESH=1 $(CARGO) xtask postgres -- scripts/unit

dist: ## the release binary, assets embedded, in dist/relais
	@scripts/need build
	$(CARGO) build --release -p relais
	@mkdir -p dist && install -m 755 target/release/relais dist/relais && ls -lh dist/relais

clean: ## remove what was built, the demonstration's data included
	$(CARGO) clean
	rm -rf dist demo-data e2e/node_modules
