# Every target runs inside .venv, which the first one makes from the hashed lock.
.DEFAULT_GOAL := data
.PHONY: data release released test check lint types contracts faults unchanged stock stock-ready bench lock clean help
BIN := .venv/bin
# What the build writes and people commit.
PUBLISHED := datapackage.json croissant.json schema-org.json CITATION.cff .zenodo.json data
export UV_PYTHON_DOWNLOADS := never
export GX_ANALYTICS_ENABLED := false

data: .venv/.ready ## Build the package from data/articles/ (makes .venv first)
	@$(BIN)/factpack build

release: .venv/.ready ## Release the package: version, changes, changelog, archive in dist/
	@$(BIN)/factpack release

# The tag is read by the shell from the environment: pasted into a recipe it could run anything.
released: .venv/.ready ## Assemble the last release again as build/release, for the tag in the environment's TAG; nothing may be new
	@last=$$(ls data/releases | sort -V | tail -n 1); test "$$TAG" = "v$$last" || { echo "TAG is '$$TAG' (expected 'v$$last': the last release in data/releases)"; exit 1; }
	@$(BIN)/factpack release --quiet
	@test -z "$$(git status --porcelain -- CHANGELOG.md $(PUBLISHED))" || { git status --short -- CHANGELOG.md $(PUBLISHED); echo "this is not what was released: run 'make release', commit what it wrote, and tag that"; exit 1; }
	@rm -rf build/release && mkdir -p build/release/assets
	@version=$${TAG#v} && cp dist/*-"$$version".zip dist/*-"$$version".duckdb dist/*-"$$version".sha256 dist/*-"$$version"/checksums.txt dist/*-"$$version"/datapackage.json build/release/assets/
	@awk '/^## / { entry++ } entry == 1' CHANGELOG.md > build/release/notes.md

test: .venv/.ready ## Run the tests
	@$(BIN)/python -m pytest

check: lint types contracts test ## Lint, types, contracts, tests, full validation, faults, and: building again changes nothing
	@$(BIN)/factpack check
	@$(MAKE) --no-print-directory faults unchanged stock

lint: .venv/.ready ## Style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/.ready ## Strict types
	@$(BIN)/mypy

contracts: .venv/.ready ## Layers of the house, as import contracts
	@$(BIN)/lint-imports --no-cache

faults: .venv/.ready ## Inject every seeded fault into a good package: none may survive its check
	@PYTHONPATH=tests $(BIN)/python -m faults

unchanged: .venv/.ready ## Building again leaves the committed files as they are
	@$(BIN)/factpack build --quiet --force
	@git diff --exit-code --stat -- $(PUBLISHED) || { echo "building changed committed files: commit what 'make data' wrote"; exit 1; }
	@test -z "$$(git status --porcelain -- $(PUBLISHED))" || { git status --short -- $(PUBLISHED); echo "building left files that are not committed"; exit 1; }

# Environments of their own with stock packages only, as a stranger has them: nothing of this project is in them. cffconvert needs older
# packages than the others, and DuckDB's httpfs is a wheel for one release of DuckDB only.
STOCK := build/stock/.ready build/stock-cff/.ready build/stock-afar/.ready

stock: .venv/.ready $(STOCK) ## Validate every descriptor with the official tools from clean installs, and read the package over http
	@build/stock/bin/frictionless validate datapackage.json
	@$(BIN)/python -m pytest tests/stock

stock-ready: .venv/.ready $(STOCK)

build/stock/.ready: requirements-stock.txt
build/stock-cff/.ready: requirements-cff.txt
build/stock-afar/.ready: requirements-afar.txt
$(STOCK): build/%/.ready: | .venv/.ready
	@echo "Setting up build/$* ..."
	@rm -rf build/$* && mkdir -p build && python3 -m venv build/$*
	@$(BIN)/uv pip install --quiet --python build/$*/bin/python --require-hashes -r $<
	@touch $@

bench: .venv/.ready ## Measure everything, beside others where they are installed, and write benchmarks/RESULTS.md (hours)
	@$(BIN)/python -m benchmarks

COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --custom-compile-command "make lock"
lock: .venv/.ready ## Write the hashed locks anew
	$(COMPILE) --extra dev -o requirements.txt pyproject.toml
	echo uv | $(COMPILE) -o requirements-uv.txt -
	printf '%s\n' 'frictionless[parquet]' pandas pyarrow mlcroissant dplib-py jsonschema | $(COMPILE) --constraint requirements.txt -o requirements-stock.txt -
	echo cffconvert | $(COMPILE) -o requirements-cff.txt -
	printf '%s\n' duckdb==1.5.5 duckdb-extension-httpfs==1.5.5 pandas pyarrow | $(COMPILE) -o requirements-afar.txt -

clean: ## Remove .venv and everything that is not committed and can be made again
	rm -rf .venv build dist .factpack .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info

help: ## List the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

# The stamp is written last, so a set-up that was cut short starts again.
.venv/.ready: requirements.txt requirements-uv.txt pyproject.toml
	@echo "Setting up .venv (about a minute the first time) ..."
	@test -x $(BIN)/python || python3 -m venv .venv
	@$(BIN)/python -c 'import sys; sys.exit("factpack needs Python 3.11 or newer; found " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.txt requirements-uv.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@
