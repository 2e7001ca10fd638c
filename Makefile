# `make demo` and `make test` do all of their own set-up; they need Python >= 3.11 and make.
PYTHON ?= python3
BIN := .venv/bin
# Rules say `python`: it must be the environment's.
export PATH := $(CURDIR)/$(BIN):$(PATH)
READY := .venv/ready
READY_TO_TEST := .venv/ready-to-test
PACKAGES := $(sort bench $(patsubst %/method.py,%,$(wildcard */method.py)))
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
# TORCH=cpu: PyTorch without CUDA, from an index that has such wheels; their hashes are not in the lock.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
RUN ?= results/demo
REFERENCE ?= results/reference/demo

.PHONY: help demo study try verify test test-celeba test-slurm test-kill test-cpu gpu-check types format lock
.DELETE_ON_ERROR:

help:
	@echo "make demo    compare StarGAN and ACL-GAN on drawn faces; ends with a table and the report's path"
	@echo "make study   the paper's claims on drawn faces, in one night on two cores; starts it, or goes on with it"
	@echo "make try METHOD=mine  train one method beside the baseline for some five minutes: does it learn?"
	@echo "make verify  compare the demo's results with the published ones, bit for bit (RUN=, REFERENCE=: other folders)"
	@echo "make test    formatting, lint, types, tests, and the whole workflow in miniature"
	@echo "make test-celeba  the weekend tier of CelebA in miniature: a made CelebA, from a mirror here to the report"
	@echo "make test-slurm  the workflow on a Slurm cluster started here; skips without Debian's packages of it"
	@echo "make test-kill  a hundred SIGKILLs at random moments; every run must end in the same bits (a quarter of an hour)"
	@echo "make test-cpu  the same bits on a CPU of another maker, which QEMU emulates; skips without QEMU"
	@echo "make gpu-check  what a GPU computes, how fast, and how many trials should share it: results/reference/gpu"
	@echo "make format  format Python and rule files"
	@echo "make lock    pin requirements.in and requirements-dev.in anew (UPGRADE=--upgrade: to the newest versions)"
	@echo "Before the first of these, TORCH=cpu installs a PyTorch without CUDA: make demo TORCH=cpu"

demo: $(READY)
	$(BIN)/python workflow/run.py --configfile config/demo.yaml
	$(BIN)/python -m bench summary --config config/demo.yaml

study: $(READY)
	$(BIN)/python workflow/run.py --configfile config/study.yaml
	$(BIN)/python -m bench summary --config config/study.yaml

try: $(READY)
	$(BIN)/python workflow/try_method.py "$(METHOD)"

verify: $(READY)
	$(BIN)/python -m bench verify $(RUN) $(REFERENCE)

test: $(READY_TO_TEST)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint --configfile config/demo.yaml
	$(MAKE) --no-print-directory types
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-celeba: $(READY_TO_TEST)
	$(BIN)/python -m pytest tests/workflow/on_made_celeba.py

# Skips, and says what is missing, where no cluster can be started.
test-slurm: $(READY_TO_TEST)
	$(BIN)/python -m pytest tests/slurm/on_slurm.py

test-kill: $(READY_TO_TEST)
	BENCH_KILLS=$${BENCH_KILLS:-100} BENCH_KILL_SEED=$${BENCH_KILL_SEED:-$$$$} $(BIN)/python -m pytest -q -s tests/workflow/on_kills.py

# Skips where there is no QEMU.
test-cpu: $(READY_TO_TEST)
	$(BIN)/python -m pytest tests/bench/runtime/on_emulated_cpu.py

# Options of the command: make gpu-check GPU_CHECK="--device cpu --config tests/config/smoke.yaml"
GPU_CHECK ?= --config config/config.yaml
gpu-check: $(READY)
	$(BIN)/python -m bench gpu_check $(GPU_CHECK)

types: $(READY_TO_TEST)
	$(BIN)/mypy $(PACKAGES) tests workflow/run.py workflow/snakemake_logger_plugin_bench

format: $(READY_TO_TEST)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
ifeq ($(TORCH),cpu)
	sed -E '/^(torch|torchvision|triton|nvidia-[a-z0-9-]+|cuda-[a-z]+)==/,/[^\\]$$/d' $< > .venv/without-torch.lock
	$(PIP) --no-deps --require-hashes -r .venv/without-torch.lock
	$(PIP) --no-deps --index-url $(TORCH_INDEX) $$(grep -oE '^(torch|torchvision)==[^ ]+' $<)
	$(BIN)/python -m pip check
else
	$(PIP) --require-hashes -r $<
endif
	touch $@

$(READY_TO_TEST): requirements-dev.lock $(READY)
	$(PIP) --require-hashes -r $<
	touch $@

lock:
	rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	.venv-lock/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 $(UPGRADE) requirements.in -o requirements.lock
	.venv-lock/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 $(UPGRADE) requirements-dev.in -o requirements-dev.lock
	rm -rf .venv-lock
