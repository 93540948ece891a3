# SPDX-License-Identifier: GPL-2.0
#
# What a user types; Kbuild says what the module is made of. `make help` lists it.

# Settings, as the scripts have them (scripts/common.sh).
export SUITE ?= trixie-backports
export ARCH ?= amd64
export FLAVOUR ?= cloud
export EMULATOR ?= qemu
export KERNEL MIRROR KEYRING INSTALL XDG_CACHE_HOME V DEBUG_INFO DESTDIR PREFIX

# The kernel tree to build for; without it, the prepared one of SUITE.
KDIR ?=

# Kbuild gets its own idea of ARCH, from the tree or from us.
unexport MAKEFLAGS

# What Kbuild takes from its own command line only, for a tree that this machine's compilers built.
kbuild := $(addprefix --set ,$(filter CC=% LD=% AR=% NM=% OBJCOPY=% STRIP=% HOSTCC=% RUSTC=% HOSTRUSTC=% BINDGEN=%,$(MAKEOVERRIDES)))
ifneq ($(KDIR),)
elsewhere := $(filter demo test test-% bench guest command shell lint doc deb,$(MAKECMDGOALS))
$(if $(elsewhere),$(error make $(elsewhere) is for one of Debian's kernels: leave KDIR away))
endif

build := build/$(if $(KDIR),kdir,$(SUITE)-$(ARCH)-$(or $(KERNEL),$(FLAVOUR)))
module := $(build)/rust_kallsyms.ko
# Compiled so that a change takes seconds, to try it; `make test` and `make install` use the other one.
incremental := $(build)-incremental
# Without debug information: the one to load, to sign and to install.
stripped := $(build)/stripped/rust_kallsyms.ko

ifneq ($(words [$(CURDIR)]),1)
$(error the path of this checkout has a space in it, which Kbuild cannot handle: $(CURDIR))
endif

.PHONY: all
all: ## build rust_kallsyms.ko for KDIR, or for the prepared kernel when KDIR is not given
	@scripts/build $(if $(KDIR),--kdir $(KDIR) $(kbuild)) $(build)
	@scripts/strip $(if $(KDIR),--kdir) $(module) $(stripped)
	@ln -sf $(stripped) rust_kallsyms.ko

.PHONY: sign
sign: all ## sign rust_kallsyms.ko with KEY, whose certificate is CERT
	$(if $(and $(KEY),$(CERT)),,$(error with which key? make sign KEY=key.pem CERT=certificate.der))
	@scripts/sign $(if $(KDIR),--kdir $(KDIR)) $(stripped) '$(KEY)' '$(CERT)' $(build)/signed/rust_kallsyms.ko
	@ln -sf $(build)/signed/rust_kallsyms.ko rust_kallsyms.ko

.PHONY: install
install: ## install the rust_kallsyms.ko that was made last, for its kernel (DESTDIR, PREFIX)
	@scripts/install

.PHONY: uninstall
uninstall: ## remove what `make install` installed
	@scripts/install --uninstall

.PHONY: demo
demo: ## everything from nothing: set up, build, boot, insmod with sym_name=printk, show the log
	@scripts/build --incremental $(incremental) >&2
	@scripts/guest --module $(incremental)/rust_kallsyms.ko tests/demo.sh

.PHONY: test
test: ## everything from nothing: all tests but the slow ones, and a short one on forky's kernel for arm64
	@tests/run $(build)

.PHONY: test-all
test-all: ## all tests on eight of Debian's kernels, which takes hours; what has passed is not repeated
	@tests/all $(KERNELS)

.PHONY: test-short
test-short: ## a short test on each of them: the module loads, walks and evaluates
	@tests/all --short $(KERNELS)

.PHONY: test-scripts
test-scripts: ## test the scripts: what they say and do when things go wrong, and the guide to vendoring (~5 minutes)
	@tests/run $(build) scripts

.PHONY: test-soak
test-soak: ## test the module under load: loaded hundreds of times, its files used by many at once (~5 minutes)
	@tests/run $(build) soak

.PHONY: test-setup
test-setup: ## test the set-up itself, from empty caches, killed, out of space, as an ordinary user (~10 minutes)
	@tests/run $(build) setup

.PHONY: deb
deb: ## make the Debian packages, to build/deb
	@scripts/deb

.PHONY: test-deb
test-deb: ## test the packages in a fresh Debian: install, upgrade the kernel, remove (slow; continues where it was stopped)
	@tests/run $(build) deb

.PHONY: test-debug
test-debug: ## test the module in kernels built for finding bugs, which takes hours; what has passed is not repeated
	@status=0; \
	for flavour in $(if $(filter kasan kcfi,$(FLAVOUR)),$(FLAVOUR),kasan kcfi); do \
		FLAVOUR=$$flavour tests/run build/$(SUITE)-$(ARCH)-$$flavour debug || status=1; \
	done; \
	exit $$status

.PHONY: test-fuzz
test-fuzz: ## fuzz the parsers for FUZZ_SECONDS each (default 600)
	@FUZZ_SECONDS=$(or $(FUZZ_SECONDS),600) tests/run $(build) fuzz

.PHONY: bench
bench: ## what things cost, beside what they cost in C; fails if a ratio is too high
	@tests/bench/run $(build)

.PHONY: guest
guest: ## run the shell script SCRIPT in a fresh guest; carry FILES to it, and with Bochs the modules MODPROBE
	$(if $(SCRIPT),,$(error which script? make guest SCRIPT=file))
	@scripts/build --incremental $(incremental) >&2
	@scripts/guest --module $(incremental)/rust_kallsyms.ko $(FILES:%=--file %) $(if $(MODPROBE),--modprobe '$(MODPROBE)') $(SCRIPT)

.PHONY: command
command: ## build the command rust-kallsyms, to build/command
	@scripts/command

.PHONY: shell
shell: ## the command's prompt in a fresh guest, with the module loaded; a crash in a called function does not end it
	@scripts/build --incremental $(incremental) >&2
	@scripts/shell $(incremental)/rust_kallsyms.ko

.PHONY: lint
lint: ## rustfmt, clippy with the kernel's list, shellcheck
	@scripts/lint $(build)

.PHONY: doc
doc: ## the library's documentation, to build/doc
	@scripts/doc $(build)

.PHONY: rust-analyzer
rust-analyzer: ## make rust-project.json for an editor
	@scripts/build $(if $(KDIR),--kdir $(KDIR) $(kbuild)) $(build)
	@scripts/build --target rust-analyzer $(if $(KDIR),--kdir $(KDIR) $(kbuild)) $(build)
	@$(if $(KDIR),python3,scripts/enter python3) scripts/rust-project \
		$(if $(KDIR),/,$$(scripts/root)) $(CURDIR) $(abspath $(build)) >rust-project.json.new
	@mv rust-project.json.new rust-project.json

.PHONY: clean
clean: ## remove what was built here
	@rm -rf build rust_kallsyms.ko rust-project.json*

.PHONY: distclean
distclean: clean ## remove the cache as well: roots, kernels, downloads
	@scripts/clean

.PHONY: help
help: ## this
	@echo 'Targets:'
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 18
	@echo 'Settings:'
	@sed -n 's/^#   /  /p' scripts/common.sh
	@echo '  EMULATOR qemu (default), or bochs, which enforces IBT'
	@echo '  KDIR     a kernel tree of your own to build for, with Rust metadata'
