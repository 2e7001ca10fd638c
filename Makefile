# `make demo` and `make test` do all of their own set-up; they need Python >= 3.11 and make.
PYTHON ?= python3
BIN := .venv/bin
# Rules say `python`: it must be the environment's.
export PATH := $(CURDIR)/$(BIN):$(PATH)
READY := .venv/ready
PACKAGES := $(sort bench $(patsubst %/method.py,%,$(wildcard */method.py)))

.PHONY: help demo test test-slurm gpu-check types format lock
.DELETE_ON_ERROR:

help:
	@echo "make demo    compare StarGAN and ACL-GAN on drawn faces; ends with a table and the report's path"
	@echo "make test    formatting, lint, types, tests, and the whole workflow in miniature"
	@echo "make test-slurm  the workflow on a Slurm cluster started here; skips without Debian's packages of it"
	@echo "make gpu-check  what a GPU computes, how fast, and how many trials should share it: results/reference/gpu"
	@echo "make format  format Python and rule files"
	@echo "make lock    pin requirements.in anew"

demo: $(READY)
	$(BIN)/python workflow/run.py --configfile config/demo.yaml
	$(BIN)/python -m bench summary --config config/demo.yaml

test: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint --configfile config/demo.yaml
	$(MAKE) --no-print-directory types
	$(BIN)/python -m pytest -n 2 --dist loadfile

# Skips, and says what is missing, where no cluster can be started.
test-slurm: $(READY)
	$(BIN)/python -m pytest tests/slurm/on_slurm.py

# Options of the command: make gpu-check GPU_CHECK="--device cpu --config tests/config/smoke.yaml"
GPU_CHECK ?= --config config/config.yaml
gpu-check: $(READY)
	$(BIN)/python -m bench gpu_check $(GPU_CHECK)

types: $(READY)
	$(BIN)/mypy $(PACKAGES) workflow/run.py

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	touch $@

# Packages of GPUs exist for Linux alone.
lock:
	rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.in
	{ echo '# Every package of the environment, pinned; made by `make lock` from requirements.in. The wheels run with and without a GPU.'; \
	  .venv-lock/bin/python -m pip freeze | sed -E '/^(nvidia-|cuda-|triton)/s/$$/ ; sys_platform == "linux"/'; } > requirements.lock
	rm -rf .venv-lock
