# Every command of the project. `make` alone lists them.
PYTHON ?= python3
# Of 3.13 or younger: what draws our slips with somebody else's printer emulator.
EMULATOR_PYTHON ?= python3.13
# More words for the program behind a target: make run OPTIONS="--port 9000", make test OPTIONS="tests/core -x"
OPTIONS ?=

IN_ENVIRONMENT := .venv/bin/python
# Several tests at once; those that share something stay together (tests/conftest.py).
# Tracebacks as Python writes them: to find the statement of a failure, pytest parses the source, and on a greenlet of
# playwright Python 3.11 then ends the whole worker ("AST constructor recursion depth mismatch").
TESTS := $(IN_ENVIRONMENT) -m pytest --numprocesses auto --dist loadgroup --tb native
# A machine may forbid Python to keep what it compiled; then each of the hundred programs that tests start compiles anew.
unexport PYTHONDONTWRITEBYTECODE
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --override requirements-overrides.txt
GENERATED := tools/protocol_reference.py tools/lifecycle_drawing.py
CHECKS := check-types check-contracts check-style check-docs

.PHONY: help run test oldbrowser test-random test-dates coverage torture check fix bench docs lock emulate clean prepare-run prepare-test $(CHECKS)

help:
	@echo "make run     open a center: server, kiosk, display, virtual printer"
	@echo "make test    run all tests"
	@echo "make test-random   the same, with new examples of the property tests in every run, and five times as many"
	@echo "make test-dates    the tests that read the clock, on the first and last of a month and a year, a leap day, at Tết, ..."
	@echo "make coverage      tests, and whether their branches and lines stay above the bars (twice as long as make test)"
	@echo "make oldbrowser  look at the pages of the hall in Chromium 69, the browser of a television of 2018"
	@echo "make torture kill the server 200 times in 10,000 commands, throw 100,000 frames at it (ten minutes)"
	@echo "make check   format, lint, types, import contracts, generated documents"
	@echo "make fix     put right what can be put right by a program"
	@echo "make bench   measure what is claimed"
	@echo "make docs    write the generated documents"
	@echo "make lock    write requirements*.txt from pyproject.toml (needs the network)"
	@echo "make emulate have another's printer emulator draw the slips that tests compare with (needs the network)"
	@echo "make clean   remove what can be made again; data/ stays"

prepare-run:
	@$(PYTHON) tools/prepare.py run

prepare-test:
	@$(PYTHON) tools/prepare.py test

# exec: a Ctrl-C reaches center.py itself, which ends the others in order.
run: prepare-run
	@exec $(IN_ENVIRONMENT) tools/center.py $(OPTIONS)

test: prepare-test
	@$(TESTS) $(OPTIONS)

test-random: prepare-test
	@$(TESTS) --hypothesis-profile=random --randomly-seed=default $(OPTIONS)

test-dates: prepare-test
	@$(IN_ENVIRONMENT) tools/dates.py $(OPTIONS)

# The engine of a television of 2018, in an environment of its own: 120 MB that nothing else needs.
oldbrowser: prepare-test
	@test -x .venv-old-browser/bin/python || $(IN_ENVIRONMENT) -m venv .venv-old-browser
	@.venv-old-browser/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements-old-browser.txt
	@OLD_BROWSER=.venv-old-browser/bin/python $(IN_ENVIRONMENT) -m pytest tests/web/test_old_browser.py $(OPTIONS)

coverage: prepare-test
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(IN_ENVIRONMENT) -m coverage run $(wordlist 2,99,$(TESTS)) --ignore tests/torture --ignore tests/house $(OPTIONS)
	@$(IN_ENVIRONMENT) -m coverage combine --quiet && $(IN_ENVIRONMENT) -m coverage json --quiet
	@$(IN_ENVIRONMENT) tools/coverage_bars.py build/coverage/coverage.json

torture: prepare-test
	@$(IN_ENVIRONMENT) -m pytest tests/torture --kills 200 --operations 10000 --frames 100000 \
		--flips 2400 --damages 2000 --touches 4000 -s $(OPTIONS)

check: prepare-test
	@$(MAKE) --no-print-directory --keep-going --jobs=2 --output-sync=target $(CHECKS)
	@echo "check passed"

check-types:
	@$(IN_ENVIRONMENT) -m mypy

check-contracts:
	@.venv/bin/lint-imports --no-logo

check-style:
	@$(IN_ENVIRONMENT) -m ruff format --check
	@$(IN_ENVIRONMENT) -m ruff check

check-docs:
	@for tool in $(GENERATED); do $(IN_ENVIRONMENT) $$tool --check || exit 1; done

fix: prepare-test
	@$(IN_ENVIRONMENT) -m ruff check --fix-only
	@$(IN_ENVIRONMENT) -m ruff format
	@$(MAKE) --no-print-directory docs

bench: prepare-test
	@exec $(IN_ENVIRONMENT) -m benchmarks $(OPTIONS)

docs: prepare-test
	@for tool in tools/map.py $(GENERATED); do $(IN_ENVIRONMENT) $$tool || exit 1; done

lock: prepare-test
	@$(LOCK) --extra center pyproject.toml --output-file requirements.txt
	@$(LOCK) --extra dev pyproject.toml --output-file requirements-dev.txt
	@$(subst 3.11,3.13,$(LOCK)) --group emulator --output-file requirements-emulator.txt

emulate: prepare-test
	@.venv/bin/uv venv --quiet --clear --python $(EMULATOR_PYTHON) build/emulator
	@.venv/bin/uv pip install --quiet --python build/emulator --require-hashes --requirement requirements-emulator.txt
	@$(IN_ENVIRONMENT) -m tests.printers.emulated build/emulator/bin/python

clean:
	@rm -rf .venv .venv-old-browser .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
