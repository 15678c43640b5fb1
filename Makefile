# Two targets are for everybody: `make demo` and `make test`. `make check` before a commit.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --require-hashes -r
TREE := $(PIP) install --quiet --no-deps --no-build-isolation --editable .

.PHONY: demo test check fmt bench validate crash alarms load audit rows lock wheel clean fuzz bluez screenshots image-root units
.DEFAULT_GOAL := test

## demo: set up, then a run from two virtual pods to a flag on a page; Ctrl-C ends it
demo: .venv/demo
	@exec $(BIN)/catfoot demo

## test: set up and run the whole test suite
test: .venv/dev
	$(BIN)/pytest -n 2 --dist loadfile

## check: formatting, lint, types, floors, spelling
check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	PYTHONPATH=typings $(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/codespell

## fmt: format, and mend what ruff can mend
fmt: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## bench: what a person waits for, with a reference in the same run
bench: .venv/dev
	CATFOOT_TIMED=1 $(BIN)/pytest --benchmark-disable-gc --benchmark-columns=median,min,rounds --override-ini=addopts= --import-mode=importlib tests/bench tests/api/test_web_budget.py -s

## validate: accuracy on the real recordings and on synthetic feet; writes docs/validation.md
validate: .venv/dev
	PYTHONPATH=typings $(BIN)/python -m tests.validation

## crash: kill everything that writes, KILLS times; nothing acknowledged may be lost
KILLS ?= 200
crash: .venv/dev
	PYTHONPATH=typings $(BIN)/python -m tests.store.crash $(KILLS)

## bluez: a real kernel, bluetoothd and D-Bus under qemu, with a virtual pod on the kernel's own air
bluez: .venv/dev
	PYTHONPATH=typings $(BIN)/python -m tests.bluez

## alarms: false alarms and detection of the flags on simulated runners
alarms: .venv/dev
	PYTHONPATH=typings $(BIN)/python -m tests.training.alarms

## load: what the server bears: loop, pages, live runners, a queue through two kills; SHARE=0.05 is short
SHARE ?= 1
load: .venv/dev
	PYTHONPATH=typings $(BIN)/python -m tests.load --share $(SHARE)

## audit: known holes in what the locks name; also fails on what could not be looked up
LOCKS ?= requirements.lock requirements-dev.lock
AUDIT ?= $(BIN)/pip-audit --strict --disable-pip --require-hashes
audit: .venv/dev
	@failed=; for lock in $(LOCKS); do $(AUDIT) -r $$lock || failed="$$failed $$lock"; done; \
	test -z "$$failed" || { echo "audit:$$failed: a known hole, or something could not be looked up (above)" >&2; exit 1; }

## fuzz: FRAMES broken frames for each decoder, 10^6 unless set; nothing but DecodeError may come
FRAMES ?= 1000000
fuzz: .venv/dev
	CATFOOT_FUZZ=$(FRAMES) $(BIN)/pytest tests/ingest/devices/test_fuzz.py --timeout 0 --durations 0

## screenshots: every page, both widths, both themes, for a person to look at
screenshots: .venv/dev
	PYTHONPATH=typings $(BIN)/python -m tests.api.screenshots build/screenshots

## rows: the demands of docs/demands.md, the tests that carry them, pass or fail
rows: .venv/dev
	$(BIN)/pytest --quiet --rows -m row

## lock: compile the hash-pinned locks anew
lock: .venv/dev
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --extra virtual --group build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --all-extras --group dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --extra postgres --group build -c requirements-dev.lock pyproject.toml -o deploy/requirements.lock

## image-root: the image's own install steps in a fresh Debian, and the server in it on a read-only root
image-root: .venv/dev
	PYTHONPATH=typings $(BIN)/python -m tests.deploy.imageroot

## units: the units under a real systemd in a container of its own; after image-root
units: .venv/dev
	PYTHONPATH=typings $(BIN)/python -m tests.deploy.realunits

## wheel: build the source archive and, from it, the wheel
wheel: .venv/dev
	$(BIN)/uv build --quiet

clean:
	rm -rf .venv build dist *.egg-info

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "catfoot needs Python 3.11 or later")'
	@$(PYTHON) -m venv .venv
	@touch $@

# The demo needs less than the tests; a tree that has the tests' packages has the demo's.
.venv/demo: .venv/python requirements.lock pyproject.toml
	@test -e .venv/dev || echo "setting up .venv (once, about a minute)"
	@test -e .venv/dev || $(INSTALL) requirements.lock
	@$(TREE)
	@touch $@

.venv/dev: .venv/python requirements-dev.lock pyproject.toml
	@echo "setting up .venv (once, about a minute)"
	@$(INSTALL) requirements-dev.lock
	@$(TREE)
	@touch $@ .venv/demo
