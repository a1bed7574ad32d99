# `make` or `make help` lists what there is. Needs Python 3.11, 3.12 or 3.13, nothing else:
# .ci/venv makes .venv from the hash lock when the lock has changed, and says what is wrong if not.
.DEFAULT_GOAL := help
.PHONY: help audit-venv run dev demo reset clean dump backup restore restore-drill failure-drill code test browser \
        check lint format types migrations-check docs audit sbom pin-images lock pictures pictures-venv load-many bench storm mailstorm fuzz contract shell messages modules venv

PY := .venv/bin/python
# Without compiled modules each of the many processes spends seconds on compiling them again.
unexport PYTHONDONTWRITEBYTECODE
OURS := dashboard local_services plugins product_content saleor_config storefront tests manage.py
OUR_APPS := product_content inventory taxes ordering fulfilment discreet_shipping order_emails stripe_payments \
            storefront dashboard
# The templates of e-mails are not among them: their white space is the text's own.
TEMPLATES := dashboard/templates dashboard/unfold_templates product_content/templates \
             storefront/templates

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: venv ## Open the shop at http://127.0.0.1:8000 (PORT=8001 make run: elsewhere)
	@exec $(PY) -m local_services run

dev: venv ## Open the shop with reload on change, debug pages, a toolbar, no second factor for staff
	@exec $(PY) -m local_services dev

demo: venv ## Add an order in every state to the running shop, and list them with their links
	@exec $(PY) -m local_services demo

reset: venv ## Delete the shop's data in var/ (orders, e-mails, log-in), to start afresh
	@exec $(PY) -m local_services reset

dump: venv ## Write the database of the running shop to var/shop.dump, for pg_restore
	@exec $(PY) -m local_services dump

backup: venv ## Write database and photos to var/backups, proved by a restore (ARGS="--key age1…")
	@exec $(PY) -m local_services backup $(ARGS)

restore: venv ## Restore a backup into the stopped shop (ARGS="FILE --identity KEYFILE")
	@exec $(PY) -m local_services restore $(ARGS)

restore-drill: venv ## Restore a backup taken while customers order; compare and print the figures
	@exec $(PY) -m tests.drills.restore $(ARGS)

failure-drill: venv ## Kill each process under load; print errors and seconds until all is well
	@exec $(PY) -m tests.drills.failures $(ARGS)

code: venv ## Print the second factor's code of the running shop's staff log-in, without a phone
	@exec $(PY) -m local_services code

test: venv ## Run every test (ARGS="-k basket" for some)
	@exec $(PY) -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

browser: ## Install Chromium and nginx for the tests that need them (Debian and Ubuntu)
	@sh .ci/browser

check: venv lint modules types migrations-check docs ## Lint, lengths, types, Django's checks, migrations, docs

lint: venv ## Look for mistakes in code, templates, CSS and JavaScript, and for imports upward
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports --no-logo
	@$(PY) -m djlint --check --quiet $(TEMPLATES) || { echo "Templates are not laid out as wanted: make format mends it."; exit 1; }
	@$(PY) docs/tools/claims.py
	@$(PY) docs/tools/template_lines.py $(filter-out tests manage.py,$(OURS))
	@.venv/bin/biome check

format: venv ## Lay out code, templates, CSS and JavaScript as `make check` wants them
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .
	@$(PY) -m djlint --reformat --quiet $(TEMPLATES) >/dev/null || true
	@.venv/bin/biome check --write

types: venv ## Check the types of our own packages
	@$(PY) -m mypy

migrations-check: venv ## Django's checks; models without migration; migrations that lock tables
	@$(PY) manage.py check
	@$(PY) manage.py makemigrations --check --dry-run $(OUR_APPS)
	@$(PY) docs/tools/migration_locks.py $(OUR_APPS)

docs: venv ## Build docs/ as a site in var/site; a broken link is an error
	@.venv/bin/mkdocs build --strict

storm: venv ## Kill each process at each step of 216 checkouts, then compare shop and Stripe (minutes)
	@exec $(PY) -m tests.functional.stripe.storm $(ARGS)

mailstorm: venv ## Kill workers, stop the broker, make SMTP fail under 324 e-mails; count what arrives
	@exec $(PY) -m tests.functional.emails.storm $(ARGS)

fuzz: venv ## Try every address and parameter as nine people (minutes; ARGS="--fuzz-seed 2")
	@exec $(PY) -m pytest -q --no-header -p no:cacheprovider --numprocesses logical \
		--maxprocesses 4 --fuzz-rounds 1 tests/functional/fuzz $(ARGS)

contract: venv ## Draw 500 orders and compare all that others see with their Contracts (minutes)
	@exec $(PY) -m pytest -q --no-header -p no:cacheprovider --contract-orders 500 \
		tests/functional/discretion/test_contract.py $(ARGS)

load-many: venv ## Add 100,000 orders and 5,000 variants to the running shop (ARGS="--orders 1000")
	@exec $(PY) -m tests.bench.many $(ARGS)

bench: venv ## Measure pages, placing orders, e-mails and staff lists in 5 minutes (ARGS=--full: 20)
	@exec $(PY) -m tests.bench $(ARGS)

audit: audit-venv ## Look the locked packages up in the lists of known vulnerabilities
	@$(PY) docs/tools/audit.py .venv-audit/bin/pip-audit

sbom: audit-venv ## Write the bill of materials of a live shop to var/sbom.cdx.json (CycloneDX)
	@mkdir -p var
	@PYTHONWARNINGS=ignore .venv-audit/bin/cyclonedx-py requirements requirements/runtime.txt \
		--pyproject pyproject.toml --mc-type application --output-reproducible --output-file var/sbom.cdx.json
	@echo "var/sbom.cdx.json"

pictures: pictures-venv ## Render the demo products that have no picture yet (ARGS="--all": an hour)
	@exec .venv-pictures/bin/python docs/tools/pictures $(ARGS)

pin-images: venv ## Write the digests of the base images into Dockerfile and docker-compose.yml
	@$(PY) docs/tools/pin_images.py $(ARGS)

shell: venv ## Open a Python prompt on the running shop
	@exec $(PY) -m local_services shell

modules: venv ## Count modules, their readers and the lengths of functions (ARGS="--names")
	@$(PY) docs/tools/module_counts.py $(ARGS)

messages: venv ## Write new texts into locale/ and list what is not translated yet
	@$(PY) manage.py update_texts

lock: venv ## Resolve pyproject.toml anew into requirements/*.txt (ARGS="--upgrade" for the newest)
	@$(PY) -m uv pip compile $(LOCK) requirements/bootstrap.in -o requirements/bootstrap.txt $(ARGS)
	@$(PY) -m uv pip compile $(LOCK) pyproject.toml -o requirements/runtime.txt $(ARGS)
	@$(PY) -m uv pip compile $(LOCK) pyproject.toml --group local -o requirements/local.txt $(ARGS)
	@$(PY) -m uv pip compile $(LOCK) pyproject.toml --group dev -o requirements/dev.txt $(ARGS)
	@$(PY) -m uv pip compile $(LOCK) --group pyproject.toml:audit -o requirements/audit.txt $(ARGS)
	@$(PY) -m uv pip compile $(LOCK) --group pyproject.toml:pictures -o requirements/pictures.txt $(ARGS)
LOCK := --quiet --universal --fork-strategy fewest --generate-hashes --python-version 3.11 \
        --custom-compile-command "make lock"

clean: ## Delete .venv, the prepared schemas and all caches; the shop's data stays
	@rm -rf .venv .venv-* var/schema var/migrated var/test_cluster .mypy_cache .ruff_cache .pytest_cache .import_linter_cache staticfiles
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	@sh .ci/venv

audit-venv: venv
	@VENV=.venv-audit LOCK=requirements/audit.txt sh .ci/venv

pictures-venv: venv
	@VENV=.venv-pictures LOCK=requirements/pictures.txt sh .ci/venv
