# make demo   see the whole job on replica sites     make test   run the tests     make help   all of it
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

# Each of the many processes of a test run would compile every module anew.
export PYTHONDONTWRITEBYTECODE =

# The workers share one Elasticsearch; a run prints its twenty slowest.
PYTEST := $(BIN)/python -m pytest -n $(or $(WORKERS),4) --dist loadfile --no-loadscope-reorder --durations=20

# What `make postgres` runs a second time with the state on PostgreSQL; `make both` runs more of it.
CORE := $(addprefix tests/scheduler/jobs/test_,index.py match.py deliver.py housekeeping.py weeks.py) \
  tests/scheduler/ledger/test_ledger.py tests/scheduler/stories tests/scheduler/state tests/crawler/store tests/scheduler/health \
  tests/scheduler/test_clock.py tests/scheduler/test_lease.py \
  tests/test_end_to_end.py::test_a_standby_takes_over_from_a_killed_scheduler_and_no_mail_is_doubled
BOTH := tests/crawler/store tests/crawler/test_import_files.py tests/crawler/test_one_release.py \
  $(addprefix tests/scheduler/,language ledger rules stories state kibana health jobs) tests/scheduler/test_clock.py \
  tests/scheduler/test_lease.py tests/scheduler/test_timetable.py \
  tests/test_end_to_end.py::test_everything_published_is_found_alerted_and_mailed_and_the_second_time_nothing_is \
  tests/test_end_to_end.py::test_a_standby_takes_over_from_a_killed_scheduler_and_no_mail_is_doubled \
  $(addprefix --ignore=tests/scheduler/jobs/test_,search_in_trouble.py deliver_postfix.py scrapyd.py)

.PHONY: setup help demo run test slow check postgres both lint audit lock bench train chaos clean
setup: $(READY)

help:
	@echo "make demo [PORTS=18801]     the whole job on replica sites, on your own machine"
	@echo "make run                    the scheduler on the live sources"
	@echo "make test                   lint and the tests: one of each kind"
	@echo "make slow                   the tests that take seconds and are further ones of a kind"
	@echo "make check                  make test, slow, chaos and both"
	@echo "make chaos [KILLS= SEED= DAYS=]   kills, full disks, days of work"
	@echo "make postgres, make both    what is near the state, on PostgreSQL"
	@echo "make lint, audit, bench     style and types; known holes of packages; measurements"
	@echo "make train [TEXTS=A:B]      the weights of the judge anew"
	@echo "make lock, clean            the lock anew; all that was built away"

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Pantau needs Python 3.11, 3.12 or 3.13: make PYTHON=python3.12"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: setup
	@$(BIN)/pantau demo $(if $(PORTS),--ports-from $(PORTS))

run: setup
	@$(BIN)/pantau run

test: setup lint
	@sh .ci/system-packages
	$(PYTEST)

# Further tests of the kinds that `make test` runs one of, each of them taking seconds.
slow: setup
	@sh .ci/system-packages
	$(PYTEST) -m 'slow and not chaos'

# All that is known: the tests, the kills and floods, and all that is near the state once more on PostgreSQL.
check: test slow chaos both

# Kills, full disks, days of work, two nodes: make chaos KILLS=200 SEED=7 DAYS=30 takes an hour.
chaos: setup
	PANTAU_CHAOS_KILLS=$(or $(KILLS),5) PANTAU_CHAOS_SEED=$(or $(SEED),7) PANTAU_SOAK_DAYS=$(or $(DAYS),2) \
	  $(PYTEST) -m chaos

postgres: setup
	PANTAU_TEST_DATABASE=postgresql $(PYTEST) $(CORE)

both: setup
	PANTAU_TEST_DATABASE=postgresql $(PYTEST) -m 'not chaos' $(BOTH)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Asks the public list of known holes about every locked package; what could not be looked up is a failure too.
audit: setup
	@test -x $(VENV)/audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)/audit && \
	  $(VENV)/audit/bin/pip install --quiet --disable-pip-version-check "pip-audit>=2.10,<3"; }
	$(VENV)/audit/bin/pip-audit --requirement requirements.lock --disable-pip --strict --progress-spinner off

bench: setup
	@test -d $(VENV)/peers || $(BIN)/python -m pip install --quiet --disable-pip-version-check --target $(VENV)/peers \
	  -r tests/benchmarks/peers.txt
	@test -x $(VENV)/newsplease/bin/python || { $(PYTHON) -m venv $(VENV)/newsplease && \
	  $(VENV)/newsplease/bin/pip install --quiet --disable-pip-version-check news-please==1.6.16; }
	@for bench in tests/benchmarks/bench_*.py; do \
	  $(BIN)/python -m tests.benchmarks.$$(basename $$bench .py) || exit 1; done

# Learns the weights of the judge anew, byte for byte: make train TEXTS=real/releases.jsonl:more.jsonl
train: setup
	OMP_NUM_THREADS=1 $(if $(TEXTS),PANTAU_TRAINING_TEXTS=$(TEXTS)) $(BIN)/python -m tests.benchmarks.train_alerts

# Rewrites the lock; the address of the registry stays out of it.
lock: setup
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --all-extras pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
