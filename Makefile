# Two commands on a fresh machine with Python >= 3.11 (pip and venv), make and, for speed, a C compiler: `make demo` and `make test`.

PYTHON ?= python3
ROUNDS ?= 11
BIN := .venv/bin
SCENARIO := scenarios/mexico-city-2017.yaml
# The versions that were tested together; `make test CONSTRAINTS=`, in a fresh environment, takes the newest of everything instead.
CONSTRAINTS ?= constraints.txt
# One variable is read for what is installed, and by older releases of pip also for what builds it, the other by newer ones.
PIP = PIP_CONSTRAINT="$(CONSTRAINTS)" PIP_BUILD_CONSTRAINT="$(CONSTRAINTS)" $(BIN)/python -m pip --quiet --disable-pip-version-check

# Requirements as pyproject.toml names them, one a line; p has what is named of the build, of the product and of each extra.
needs = $(BIN)/python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb')); p |= p['build-system'] | p['project'] | p['project']['optional-dependencies']; print(*($(1)), sep='\n')"

.PHONY: demo test attack package sbom bench pace gallery lint constraints clean
.DELETE_ON_ERROR:

# What is compiled is installed again when its sources change; every other edit is picked up as it is (editable install).
.venv/installed: pyproject.toml setup.py $(CONSTRAINTS) $(wildcard simulator/engine/*.py simulator/routing/*.py)
	@echo "Setting up .venv and compiling the engine (a minute or two the first time)"
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --editable .
	$(BIN)/python -c "from simulator.engine import build; print('The engine is', build.state())"
	touch $@

# The test tools are read from pyproject.toml rather than installed as `.[test]`, which would compile a second time.
.venv/test: .venv/installed
	$(call needs,p['test']) > .venv/test.txt
	$(PIP) install --requirement .venv/test.txt
	touch $@

# Exit code 3 says that a threshold of the story is breached: a finding, not a failure of the demonstration.
demo: .venv/installed
	$(BIN)/crisis run $(SCENARIO) --variant all || test $$? -eq 3

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Wheels of all that it takes to build the package, to run it and to list what is inside: what its own tests install, without any index.
.venv/wheels.txt: .venv/installed
	rm -rf .venv/wheels
	$(call needs,p['requires'] + p['dependencies'] + p['sbom']) > .venv/needed.txt
	$(PIP) wheel --wheel-dir .venv/wheels --requirement .venv/needed.txt
	mv .venv/needed.txt $@

# What is published, into dist/: the source package, and the wheel that is built from it.
package: .venv/test
	rm -rf dist/*.tar.gz dist/*.whl
	PIP_CONSTRAINT="$(CONSTRAINTS)" PIP_BUILD_CONSTRAINT="$(CONSTRAINTS)" $(BIN)/python -m build --outdir dist

# What is inside, as CycloneDX: the package and everything that runs in its process, with versions and licences.
SBOM ?= dist/crisis-simulator.cdx.json
sbom: .venv/installed
	$(PYTHON) -m venv --clear --without-pip .venv/inside
	$(PYTHON) -m venv --clear --without-pip .venv/sbom
	$(call needs,p['dependencies']) > .venv/inside.txt
	$(call needs,p['sbom']) > .venv/sbom.txt
	$(PIP) --python .venv/inside install --requirement .venv/inside.txt
	$(PIP) --python .venv/sbom install --requirement .venv/sbom.txt
	mkdir -p $(dir $(SBOM))
	.venv/sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-format JSON --output-file $(SBOM) .venv/inside
	@echo $(SBOM)

# The whole suite on the engine as installed; then, on its sources, what shows how the engine behaves.
test: lint .venv/wheels.txt
	$(BIN)/pytest
	$(BIN)/pytest --pure tests/rules tests/properties tests/simpy tests/architecture/test_build.py

# Hours: every attack at length; the table goes into the docs. `make attack TIMES=0.01` takes minutes.
TIMES ?= 1
attack: .venv/test
	$(BIN)/python -m tests.attack --times $(TIMES) --page docs/reference/robustness.md

# The other engines that are measured; none of them is needed otherwise.
.venv/bench: .venv/test
	$(call needs,p['bench']) > .venv/bench.txt
	$(PIP) install --requirement .venv/bench.txt
	touch $@

# Some six minutes; the tables go into the docs.
bench: .venv/bench
	$(BIN)/python -m benchmarks --page docs/reference/speed.md

# How fast this commit is beside another, some six minutes: `make pace BASE=main`. With BASE=HEAD, how far two equal ones differ.
pace: .venv/test
	test -n "$(BASE)" || { echo "which commit to measure by? make pace BASE=<commit>"; exit 2; }
	$(BIN)/python -m benchmarks.pace $(BASE) --rounds $(ROUNDS)

# Takes the newest versions of everything that the project and its tests, measurements and builds need, for every Python from 3.11 on.
constraints: CONSTRAINTS =
constraints:
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install uv
	$(call needs,p['requires']) > .venv/build.txt
	echo "# Exact versions that are tested together, on Python 3.11 to 3.14. Written by \`make constraints\`." > .venv/constraints.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --no-header --no-annotate pyproject.toml .venv/build.txt >> .venv/constraints.txt
	mv .venv/constraints.txt constraints.txt

# Some minutes; every story with all its variants, and a drill.
gallery: .venv/installed
	$(BIN)/python -m benchmarks.gallery

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .cache crisis_*__mypyc*.so simulator/*/*.so
