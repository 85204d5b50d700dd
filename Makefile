# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
LOCK := constraints.txt

# The package itself is built with the locked build tools, so nothing unlocked is ever fetched.
ifdef UV
INSTALL = $(UV) pip install --quiet --python $(BIN)/python --constraint $(LOCK)
$(BIN)/python:
	$(UV) venv --quiet --python $(PYTHON) $(VENV)
else
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(LOCK)
$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
endif

CATALOGUES = $(wildcard fwsim/messages/*/LC_MESSAGES/*.po)

$(VENV)/.build: $(BIN)/python $(LOCK) hatch_build.py
	$(INSTALL) hatchling editables babel
	@touch $@

$(VENV)/.demo: $(VENV)/.build pyproject.toml $(CATALOGUES)
	$(INSTALL) --no-build-isolation --editable '.[figures]'
	@touch $@

$(VENV)/.test: $(VENV)/.demo
	$(INSTALL) --no-build-isolation --editable '.[dev]'
	@touch $@

$(VENV)/.browser: $(VENV)/.test
	$(INSTALL) --no-build-isolation --editable '.[dev,notebook,app,browser]'
	@touch $@

$(VENV)/.app: $(VENV)/.lab
	$(INSTALL) --no-build-isolation --editable '.[app,excel,notebook,plan]'
	@touch $@

$(VENV)/.lab: $(VENV)/.demo
	$(INSTALL) --no-build-isolation --editable '.[excel,notebook,plan]'
	@touch $@

.PHONY: demo
demo: $(VENV)/.demo ## Run the demo: 1,600 devices at 41 sites, 200 times; write the report
	$(BIN)/fwsim run scenarios/branch-offices.yaml --out out/branch-offices
	$(BIN)/fwsim report out/branch-offices

# The same files are read the same way whatever the locale is.
test quick verify figures coverage test-browser: export PYTHONUTF8 = 1

PYTEST = $(BIN)/pytest -q -n 2 --dist worksteal --ignore tests/browser

.PHONY: test
test: $(VENV)/.test ## Lint, types, architecture, tests
	@$(MAKE) --no-print-directory --jobs 2 lint quick

# One processor compiles while the other lints, and no test has to.
.PHONY: quick
quick: clock ## The quick tests alone
	$(PYTEST) -m 'not slow'

.PHONY: lint
lint: $(VENV)/.test ## Lint, types, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: clock
clock: $(VENV)/.test ## Compile the fast clock, if it is not yet
	$(BIN)/python -c 'from fwsim.engine import choose_engine; choose_engine()'

.PHONY: verify
verify: $(VENV)/.test ## Tests that take long, FWSIM_EXAMPLES (2000) random scenarios each; SEED=7 names them
	@$(MAKE) --no-print-directory clock
	@$(MAKE) --no-print-directory figures
	@$(MAKE) --no-print-directory release-check
	$(PYTEST) -m 'slow or hypothesis' --hypothesis-profile long --durations 20 --durations-min 5 $(if $(SEED),--hypothesis-seed $(SEED))

.PHONY: wheel
wheel: $(VENV)/.test ## Build the wheel in dist/, with machine code for common processors
	code=$$($(BIN)/python -m fwsim.compiled.shipped_code out/machine-code) \
	  && FWSIM_MACHINE_CODE=$$code $(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

.PHONY: release-check
release-check: $(VENV)/.test ## Build the wheel, install it where nothing else is, and use it; on the Pythons at hand
	$(BIN)/python -m tests.release_check

.PHONY: figures
figures: $(VENV)/.test ## One page of pictures to look at, of fixed runs: out/figure-page.png
	$(BIN)/python -m tests.figure_page

.PHONY: coverage
coverage: $(VENV)/.test ## Which lines the quick tests reach; a page of it in out/coverage
	@$(MAKE) --no-print-directory clock
	$(BIN)/coverage run --source fwsim --branch --omit 'fwsim/compiled/machine/*' -m pytest -q --ignore tests/browser -m 'not slow'
	FWSIM_INTERPRET=1 $(BIN)/coverage run --append --include '*/compiled/machine/*' -m pytest -q tests/compiled/test_two_clocks.py tests/compiled/test_rare_paths.py
	$(BIN)/coverage html -q -d out/coverage
	$(BIN)/coverage report --skip-covered --sort cover

.PHONY: test-browser
test-browser: $(VENV)/.browser ## Tests in a real browser; installs Chromium where it may
	@command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium) >/dev/null 2>&1 || true
	$(BIN)/pytest -q tests/browser

.PHONY: lab
lab: $(VENV)/.lab ## Open JupyterLab on the planner
	$(BIN)/jupyter lab notebooks/plan-a-rollout.ipynb --ServerApp.tornado_settings='{"websocket_max_message_size": 60000000}'

.PHONY: app
app: $(VENV)/.app ## Serve the planner as an app without code; ARGS="--port=8870 --token"
	$(BIN)/python -m fwsim.notebook.app notebooks/plan-a-rollout.ipynb $(ARGS)

BENCHMARKS = .two_clocks .tally .compiling .site_by_site .growth .workers .doubt .bounds .writing \
  .learning .under_way

.PHONY: bench
bench: $(VENV)/.test ## Measure speed as ratios in one run; fail at the end where a target is missed
	@missed=; for what in '' $(BENCHMARKS); do \
	  echo "python -m benchmarks$$what"; \
	  $(BIN)/python -m benchmarks$$what || missed="$$missed benchmarks$$what"; \
	done; \
	test -z "$$missed" || { echo "targets missed:$$missed"; exit 1; }

.PHONY: latency
latency: $(VENV)/.browser ## Measure how long the planner keeps a person waiting
	$(BIN)/python -m benchmarks.latency

.PHONY: translations
translations: $(VENV)/.test ## Put new sentences into the German catalogue; list what it lacks
	$(BIN)/python -m tests.messages.translations

.PHONY: docs
docs: $(VENV)/.test ## Write the generated pages anew
	$(BIN)/python -m docs.generate

$(VENV)/.site: $(VENV)/.test
	$(INSTALL) --no-build-isolation --editable '.[dev,site]'
	@touch $@

.PHONY: site
site: $(VENV)/.site ## Make the docs site, docs/_build/html/index.html; its inner links are checked
	PYTHONUTF8=1 $(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html

.PHONY: pictures
pictures: $(VENV)/.browser ## Take the pictures of the planner in the docs anew
	$(BIN)/python -m docs.pictures
	$(BIN)/python -m docs.first_hour

.PHONY: learnt
learnt: $(VENV)/.test ## Make the worked example of learning anew, when fwsim learns otherwise
	$(BIN)/python scenarios/learnt/remake.py

.PHONY: lock
lock: ## Resolve the dependencies anew; names and versions only
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet hatchling editables babel
	$(VENV)-lock/bin/python -m pip install --quiet '.[dev,notebook,app,browser,site]'
	$(VENV)-lock/bin/python -m pip freeze --exclude fwsim --exclude-editable > $(LOCK)
	rm -rf $(VENV)-lock

.PHONY: clean
clean: ## Remove environment, caches and results
	rm -rf $(VENV) out docs/_build docs/_generated .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: help
help: ## Say what each target does
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'
