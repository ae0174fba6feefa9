# Targets: demo · demo-reset · test · security · fuzz · bench · lint · messages · train. Each sets up what it needs; nothing is set up twice.
# Wanted: Python 3.11 or newer, make, and the package registries. RABTA_PORT and RABTA_HOME change ports and folder.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:
.DEFAULT_GOAL := help

BIN := .venv/bin
SOURCES := uv.lock pyproject.toml package-lock.json hatch_build.py $(wildcard rabta/locale/*/LC_MESSAGES/*.po)
LANGUAGES := hi ur
WORKERS ?= 3
export UV_NO_PROGRESS := 1
export UV_PYTHON_DOWNLOADS := never
# Compiled modules are kept: where containers forbid it, each process of the demonstration would compile them all anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo demo-reset test security fuzz bench lint messages train clean

help:
	sed -n 's/^# Targets: /Targets: /p' Makefile

demo: .venv/.run
	exec $(BIN)/rabta demo

demo-reset: .venv/.run
	exec $(BIN)/rabta demo-reset

# A file stays whole on one worker, which starts what its tests share once; tests/conftest.py puts the long ones first.
test: .venv/.dev .venv/.browser .venv/.peers
	exec $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

bench: .venv/.dev
	exec $(BIN)/python -m bench $(ARGS)

# The tests that hold the promises of SECURITY.md, and a table of what they found.
security: .venv/.dev .venv/.browser
	exec $(BIN)/python -m bench.security $(ARGS)

# A million broken inputs; ARGS="--parsers 10000 --pictures 100" for fewer.
fuzz: .venv/.dev
	exec $(BIN)/python -m bench.fuzz $(ARGS)

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

# Collects the texts into the .po files; the build hook then compiles them. The only target that wants GNU gettext.
messages: .venv/.dev
	command -v xgettext >/dev/null || bin/debian-packages gettext
	cd rabta && ../$(BIN)/python -m django makemessages --settings=rabta.settings --no-wrap --add-location=file \
		$(LANGUAGES:%=--locale=%) --ignore=static/vendor
	cd .. && $(BIN)/uv sync --quiet --frozen --inexact

# Teaches the classifiers of accusations and of group talk from training/texts; what comes out is in git.
train: .venv/.dev
	$(BIN)/uv sync --quiet --frozen --inexact --group training
	$(BIN)/python -m training

clean:
	rm -rf .venv node_modules rabta/web/static/vendor dist

# The system's own Python first: one that was compiled by hand is seldom optimised, and slower by a fifth.
.venv/bin/uv:
	first() { for name in /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do
		command -v $$name >/dev/null && $$name -c "import sys; assert sys.version_info >= (3, 11); $$1" 2>/dev/null && echo $$name && return
	done; }
	python=$$(first "import venv, ensurepip" || first "") || { echo "Python 3.11 or newer is not there. On Debian: apt-get install python3 python3-venv"; exit 1; }
	$$python -c 'import venv, ensurepip' 2>/dev/null || bin/debian-packages python3-venv
	echo "Making .venv with $$($$python --version) …"
	$$python -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

.venv/.run: $(SOURCES) | .venv/bin/uv
	if [ -e .venv/.dev ]; then $(MAKE) --no-print-directory .venv/.dev; else
		echo "Installing Rabta and what it stands on …"
		$(BIN)/uv sync --quiet --frozen --inexact --no-dev
	fi
	touch $@

.venv/.dev: $(SOURCES) | .venv/bin/uv
	echo "Installing Rabta, what it stands on and the tools of its developers …"
	$(BIN)/uv sync --quiet --frozen --inexact
	touch $@

# The browser of the tests is Debian's, because the one of playwright's own download is not in any package.
.venv/.browser: | .venv/bin/uv
	command -v chromium-headless-shell >/dev/null || bin/debian-packages chromium-headless-shell fonts-noto-core ||
		command -v chromium >/dev/null || bin/debian-packages chromium fonts-noto-core
	touch $@

# An SMS gateway with its simulated phones and a mail server, which somebody else wrote; without them their tests are skipped.
.venv/.peers: | .venv/bin/uv
	command -v bearerbox >/dev/null || bin/debian-packages kannel kannel-extras || echo "Going on without Kannel."
	PATH=$$PATH:/usr/sbin command -v dovecot >/dev/null || bin/debian-packages dovecot-imapd || echo "Going on without Dovecot."
	touch $@
