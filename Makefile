# Everything that a developer, and CI, runs. `make demo` and `make test` need Python >= 3.11 and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PIP_DISABLE_PIP_VERSION_CHECK = 1
unexport PYTHONDONTWRITEBYTECODE

# Each holds one part of the product to what it promises, without a server; the others play the whole.
UNIT := bundle decide diff_policy engine evidence log_formats policy_file prompt report sanitize setup \
  triggers test_identity.py

.PHONY: demo test lint types architecture judgement unit whole bench faults pictures check-image check-coder audit format lock clean

demo: $(STAMP)  ## the whole story, on this machine
	$(BIN)/python -m bot demo

test: lint types architecture judgement whole  ## what CI runs

lint: $(STAMP)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/zizmor --quiet --offline --pedantic action.yml .github .github/examples/*.yml

types: $(STAMP)
	$(BIN)/mypy

architecture: $(STAMP)
	$(BIN)/lint-imports --config pyproject.toml --no-cache

judgement: $(STAMP)  ## every branch of what decides
	$(BIN)/coverage run -m pytest -q tests/decide tests/test_identity.py
	$(BIN)/coverage report --include='bot/decide/*,bot/identity.py' --fail-under=100 --skip-covered

unit: $(STAMP)  ## the parts alone, for the inner loop
	$(BIN)/python -m pytest -q -n auto --dist worksteal $(UNIT:%=tests/%)

whole: $(STAMP)  ## every test
	$(BIN)/python -m pytest -q -n auto --dist worksteal

bench: $(STAMP)  ## figures, as ratios against a baseline of the same run
	$(BIN)/python -m bench

faults: $(STAMP)  ## every fault at every call, kills and interleavings
	$(BIN)/python -m faults

pictures: $(STAMP)  ## those of the documentation, anew from a run of the demo; needs Chromium
	$(BIN)/python scripts/pictures.py

check-image: $(STAMP)  ## do the main job in the image, locked up; IMAGE=name takes a built one
	$(BIN)/python scripts/check_image.py $(if $(IMAGE),--image '$(IMAGE)')

check-coder: $(STAMP)  ## set a Coder up and lead a session there; CODER_URL, CODER_SESSION_TOKEN, FLAGS of setup
	$(BIN)/python scripts/check_coder.py -- $(FLAGS)

audit: $(STAMP)  ## what is known against the locked packages and actions; asks their registries
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements/audit.txt
	for lock in runtime dev audit; do \
	  $(VENV)/audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements/$$lock.txt || exit 1; \
	done
	$(BIN)/zizmor --quiet --pedantic action.yml .github .github/examples/*.yml

format: $(STAMP)
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

lock:  ## renew the lock files from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header pyproject.toml --output-file requirements/runtime.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --group dev pyproject.toml --output-file requirements/dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --group audit --output-file requirements/audit.txt

$(STAMP): requirements/dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/dev.txt
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
