# make run   serve the app on http://localhost:8000 (PORT=8001 to change)
# make test  everything that can be tested on this machine
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
export PORT
export PYTHONDONTWRITEBYTECODE = 1
BIN = .venv/bin

.DEFAULT_GOAL := run
.PHONY: run demo dev test lint format lock bench screenshots messages python install-dev sbom

python:
	@test -n "$(PYTHON)" || { echo "Previsit: Python 3.11 or newer is needed and was not found."; exit 1; }

run: python
	@$(PYTHON) clinic/run.py

# as make run, with 40 made-up submissions on the desk
demo: python
	@$(PYTHON) clinic/run.py --demo

install-dev: python
	@$(PYTHON) clinic/run.py --install requirements-dev.txt

dev: install-dev
	@$(PYTHON) clinic/run.py --dev

test: install-dev
	@$(BIN)/python -m tests.run $(ARGS)

lint: install-dev
	@$(BIN)/python -m tests.lint

format: install-dev
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: install-dev
	@$(BIN)/python -m benchmarks.weight
	@$(BIN)/python -m benchmarks.reading
	@$(BIN)/python -m benchmarks.public
	@$(BIN)/python -m benchmarks.intake
	@$(BIN)/python -m benchmarks.start
	@$(BIN)/python -m benchmarks.desk

screenshots: install-dev
	@$(BIN)/python -m tests.screenshots

sbom: install-dev
	@$(BIN)/python deploy/sbom.py

messages: install-dev
	@$(BIN)/python manage.py makemessages --locale en --ignore .venv --ignore var --no-location
	@$(BIN)/python manage.py compilemessages --ignore .venv

# Needs uv; writes no registry's address.
LOCK = uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--quiet --custom-compile-command "make lock" pyproject.toml
lock:
	$(LOCK) -o requirements.txt
	$(LOCK) --group dev -o requirements-dev.txt
	$(LOCK) --group dev --group ci -o requirements-ci.txt
