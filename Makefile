# Python 3.11 (or newer) and make are all that this file assumes.

VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/installed-requirements.txt
.DEFAULT_GOAL := help
.PHONY: help run test smoke check environment

help: ## Show these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: environment ## Start the site on 127.0.0.1 (PORT=8000) and stop all of it on Ctrl-C
	@exec $(PYTHON) -m ecc_site.launch

test: environment ## Run all tests (ARGS="tests/core -k job" chooses among them, ARGS=--randomly-seed=N repeats an order)
	@exec $(PYTHON) -m tests.suite $(ARGS)

smoke: environment ## Run each benchmark as small as can be, to see that it runs (`make test` leaves this out)
	@exec $(PYTHON) -m pytest -m benchmark -n 2 tests/benchmarks $(ARGS)

check: environment ## Lint, format, layers, types, migrations, production settings
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	@echo mypy
	@data=$$(mktemp -d); trap 'rm -rf "$$data"' EXIT; \
		ECC_DATA_DIR="$$data" DATABASE_URL= $(VENV)/bin/mypy
	@echo manage.py makemigrations --check
	@data=$$(mktemp -d); trap 'rm -rf "$$data"' EXIT; \
		ECC_DATA_DIR="$$data" DATABASE_URL= $(PYTHON) manage.py makemigrations --check --dry-run
	@echo manage.py check --deploy
	@ECC_PROFILE=production ALLOWED_HOSTS=shop.example DEBUG=false \
		SECRET_KEY="$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(60))')" \
		$(PYTHON) manage.py check --deploy --fail-level WARNING

# The copy of requirements.txt is written last: where it equals the original, everything in it is installed.
environment:
	@cmp -s requirements.txt $(INSTALLED) || $(MAKE) --no-print-directory $(INSTALLED)

.PHONY: $(INSTALLED)
$(INSTALLED):
	@$(PYTHON) -m pip --version > /dev/null 2>&1 || { \
		for python in python3.11 python3.12 python3.13 python3; do \
			if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then found=$$python; break; fi; \
		done; \
		[ -n "$$found" ] || { echo "No Python 3.11 or newer was found on the PATH; install one and try again." >&2; exit 1; }; \
		echo "Creating $(VENV) with $$found ..."; \
		$$found -m venv --clear $(VENV) || { echo "The virtual environment $(VENV) could not be created; on Debian the package python3-venv brings what is missing." >&2; exit 1; }; \
	}
	@echo "Installing requirements.txt into $(VENV) (a few minutes the first time) ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --requirement requirements.txt || \
		{ echo "The requirements could not be installed; the lines above say why." >&2; exit 1; }
	@cp requirements.txt $(INSTALLED)
