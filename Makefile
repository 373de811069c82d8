# Hecang 合仓. `make` lists what there is; everything installs what it needs first.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo run stop test test-python test-races test-web test-e2e check bench bench-optim docs clean distclean \
	setup setup-dev warm web study lock format messages openapi

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
HECANG := $(BIN)/hecang
NPM := sh scripts/npm.sh
export PYTHON

OPTIM_SOURCES := $(shell find src/hecang_optim -name '*.py')
WEB_SOURCES := $(shell find web/src web/public -type f 2>/dev/null) \
	$(wildcard web/*.json web/*.ts web/*.js web/*.html)

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- use it

demo: setup warm web ## a warehouse at work: demo data and a day of orders, to look at in the browser
	@$(HECANG) demo

run: setup warm web ## serve Hecang: web desk, API and background jobs
	@$(HECANG) serve

stop: ## stop the databases that run in the background
	@if [ -x $(HECANG) ]; then $(HECANG) db stop; HECANG_DB_DURABLE=0 $(HECANG) db stop; fi

# ---------------------------------------------------------------- install

setup: $(VENV)/.installed ## install what running needs
setup-dev: $(VENV)/.installed-dev web/node_modules/.installed ## install what developing needs, too
warm: $(VENV)/.warm ## compile the algorithms ahead of their first use
web: web/dist/index.html ## build the web desk

$(VENV)/.created:
	@sh scripts/make-venv.sh $(VENV)
	@touch $@

$(VENV)/.runtime: requirements/runtime.txt $(VENV)/.created
	@echo "Installing Python packages"
	@$(PIP) install --quiet --require-hashes -r requirements/runtime.txt
	@touch $@

$(VENV)/.installed: pyproject.toml src/hecang/__init__.py src/hecang_optim/__init__.py $(VENV)/.runtime
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements/dev.txt $(VENV)/.installed
	@echo "Installing development packages"
	@$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.warm: $(OPTIM_SOURCES) $(VENV)/.installed
	@echo "Compiling the algorithms"
	@$(BIN)/python -m hecang_optim.warm
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json $(VENV)/.created
	@echo "Installing web packages"
	@$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: $(WEB_SOURCES) web/node_modules/.installed
	@echo "Building the web desk"
	@$(NPM) run --silent build -- --logLevel warn
	@touch $@

# ---------------------------------------------------------------- keep it right

test: setup-dev web ## every test: Python, races, web, real browser
	@$(MAKE) --no-print-directory test-python
	@$(MAKE) --no-print-directory test-races
	@$(MAKE) --no-print-directory test-web
	@$(MAKE) --no-print-directory test-e2e

test-python: $(VENV)/.installed-dev $(VENV)/.warm ## Python tests, in parallel
	@echo "== Python tests"
	@$(BIN)/pytest -q -n auto -m "not e2e and not race"

test-races: $(VENV)/.installed-dev ## real concurrency on the real database; two at a time, each has up to 16 connections
	@echo "== races"
	@$(BIN)/pytest -q -n 2 -m "race and not e2e"

test-web: web/node_modules/.installed ## tests of the web code
	@echo "== web tests"
	@$(NPM) test --silent

test-e2e: $(VENV)/.installed-dev web ## tests in a real browser
	@echo "== browser tests"
	@chromium=$$(sh scripts/chromium.sh) && HECANG_CHROMIUM="$$chromium" $(BIN)/pytest -q -n auto -m e2e

check: setup-dev ## style, types, boundaries, migrations, API snapshot
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@echo "== mypy"
	@$(BIN)/mypy
	@echo "== boundaries"
	@$(BIN)/lint-imports --no-logo
	@echo "== Django: production settings, migrations"
	@HECANG_DEBUG=0 HECANG_HTTPS=1 HECANG_SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
		HECANG_HOSTS=hecang.example $(HECANG) manage check --deploy --fail-level WARNING
	@$(HECANG) manage makemigrations --check --dry-run
	@echo "== API snapshot"
	@$(HECANG) openapi --check
	@echo "== web: types, lint"
	@$(NPM) run --silent typecheck
	@$(NPM) run --silent lint
	@echo "== all checks passed"

bench: setup-dev ## measure, as ratios against bare PostgreSQL in the same run
	@$(HECANG) bench

bench-optim: setup-dev warm ## measure the algorithms; INSTANCES=folder with published ones, ARGS=more options
	@$(HECANG) bench optim $(if $(INSTANCES),--instances "$(INSTANCES)") $(ARGS)

study: setup-dev warm ## what storage, batching and routes save on real orders; OF=faces: empty faces, OF=counting: right books
	@$(BIN)/python -m benchmarks.study$(if $(OF),.$(OF)) $(ARGS)

docs: $(VENV)/.installed-dev ## build the documentation into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "Open site/index.html"

messages: setup-dev ## collect the texts of the server and compile their translations
	@$(BIN)/python scripts/messages.py

format: setup-dev ## rewrite the code in the common style
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

openapi: setup-dev ## write the API snapshot and the web client's types from it
	@$(HECANG) openapi
	@$(NPM) run --silent gen:api

# Settings of this machine's pip stay out of the lock files. To be run with the oldest supported Python.
lock: $(VENV)/.installed-dev ## resolve requirements/*.in anew into locked versions with hashes
	@cd requirements && for name in runtime dev node; do \
		echo "Locking $$name"; \
		env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL -u PIP_CONSTRAINT PIP_CONFIG_FILE=/dev/null \
		../$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
			--no-emit-index-url --no-emit-find-links $(LOCK_OPTIONS) -o $$name.txt $$name.in || exit 1; \
	done

clean: ## remove caches and built files (data and installed packages stay)
	rm -rf build dist site staticfiles web/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
		.hypothesis test-results src/*.egg-info
	find src tests benchmarks scripts -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
	rm -f $(VENV)/.warm  # compiled algorithms lay beside their sources

distclean: stop clean ## also remove installed packages (data stay)
	rm -rf $(VENV) web/node_modules
