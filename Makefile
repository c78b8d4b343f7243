# `make` lists the commands. Each does what the same lines in README.md do by hand.

PORT ?= 8501
PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test check bench fuzz train-judge clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

run: ## install what is missing, load the sample into an empty database, start a worker, serve on http://127.0.0.1:8501 (PORT= for another)
	@python=$(PY); [ -x $$python ] || python=$$(scripts/find_python.sh) || exit 1; $$python scripts/check_port.py "$(PORT)"
	@scripts/install.sh requirements.txt
	@scripts/run.sh "$(PORT)"

# The files in the order of their names: those in a browser, which take longest, come first.
test: ## install what the tests need, a Chromium included, and run them all
	@scripts/install.sh requirements-dev.txt
	@scripts/install_chromium.sh
	@$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: ## ruff, ruff format, mypy
	@scripts/install.sh requirements-dev.txt
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

bench: ## measure speed, as ratios inside one run
	@scripts/install.sh requirements-bench.txt
	@$(PY) -m bench.run

SECONDS ?= 180

fuzz: ## try to break the readers of files for three minutes (SECONDS= for longer); what was learned stays in .fuzz
	@scripts/install.sh requirements-dev.txt
	@$(PY) -m tests.fuzz --seconds $(SECONDS)

# Threads that wait without spinning, and memory that is kept instead of given back, save half the time on a busy machine.
train-judge: ## train the judge in the box again, with the figures of its model card: under an hour on two cores
	@scripts/install.sh requirements.txt
	@OMP_WAIT_POLICY=passive MALLOC_TRIM_THRESHOLD_=4000000000 MALLOC_MMAP_THRESHOLD_=4000000000 \
		$(PY) -m trustjudge_core.judge.bundled

clean: ## remove .venv and caches; the database in data/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
