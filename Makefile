# SPDX-License-Identifier: GPL-2.0
#
# What a user types: `make help` lists the targets and the settings. Kbuild says what the module is
# made of.
#
# Settings, besides those in scripts/common.sh:
#   KDIR            build for this kernel tree of your own, which has Rust metadata, with this
#                   machine's compilers; RUSTC=, CC=, LLVM= and the like as when that kernel was
#                   built
#   EMULATOR        qemu (default), or bochs, which enforces IBT (demo, guest, test)
#   SCRIPT          the shell script to run (guest)
#   FILES           files to carry to it (guest)
#   MODPROBE        which of the kernel's own modules to carry with EMULATOR=bochs, whose disk is
#                   slow (guest)
#   KERNELS         which kernels to test, such as forky-amd64-cloud; default: all eight (test-all,
#                   test-short)
#   FUZZ_SECONDS    how long to fuzz each parser; default 600 (test-fuzz)
#   BCACHEFS        a source of bcachefs-tools, to build with DKMS (test-deb)
#   DEBUG_INFO      1: build the module with debug information; the linked rust_kallsyms.ko never
#                   has any
#   V               1: show what Kbuild runs
#   KEY, CERT       a private key (PEM) and its certificate (PEM or DER) (sign)
#   DESTDIR         a directory that stands for / (install, uninstall)
#   PREFIX          where everything but the module goes; default /usr/local (install, uninstall)

export SUITE ?= trixie-backports
export ARCH ?= amd64
export FLAVOUR ?= cloud
export EMULATOR ?= qemu
export KERNEL MIRROR KEYRING INSTALL XDG_CACHE_HOME V DEBUG_INFO DESTDIR PREFIX

# The kernel tree to build for; without it, the prepared one of SUITE.
KDIR ?=

# Kbuild must not inherit settings such as ARCH; scripts/build passes it what it needs.
unexport MAKEFLAGS

# With KDIR, these settings have to be on Kbuild's own command line.
kbuild := $(addprefix --set ,$(filter CC=% LD=% AR=% NM=% OBJCOPY=% STRIP=% HOSTCC=% RUSTC=% HOSTRUSTC=% BINDGEN=%,$(MAKEOVERRIDES)))
ifneq ($(KDIR),)
elsewhere := $(filter demo test test-% bench guest command shell picture lint doc deb,$(MAKECMDGOALS))
$(if $(elsewhere),$(error make $(elsewhere) is for one of Debian's kernels: do not set KDIR))
endif

build := build/$(if $(KDIR),kdir,$(SUITE)-$(ARCH)-$(or $(KERNEL),$(FLAVOUR)))
module := $(build)/rust_kallsyms.ko
# Compiled in parts, to try a change within seconds; `make test` and `make install` use the other
# module.
incremental := $(build)-incremental
# Without debug information: this one is for loading, signing and installing.
stripped := $(build)/stripped/rust_kallsyms.ko

ifneq ($(words [$(CURDIR)]),1)
$(error the path of this checkout has a space in it, which Kbuild cannot handle: $(CURDIR))
endif

.PHONY: all
all: ## build rust_kallsyms.ko for KDIR, or for the prepared kernel when KDIR is not given
	@scripts/build $(if $(KDIR),--kdir '$(KDIR)' $(kbuild)) $(build)
	@scripts/strip $(if $(KDIR),--kdir) $(module) $(stripped)
	@ln -sf $(stripped) rust_kallsyms.ko

.PHONY: sign
sign: $(if $(and $(wildcard $(KEY)),$(wildcard $(CERT))),all) ## sign rust_kallsyms.ko with KEY, whose certificate is CERT
	$(if $(and $(KEY),$(CERT)),,$(error with which key? make sign KEY=key.pem CERT=certificate.der))
	@scripts/sign $(if $(KDIR),--kdir '$(KDIR)') $(stripped) '$(KEY)' '$(CERT)' $(build)/signed/rust_kallsyms.ko
	@ln -sf $(build)/signed/rust_kallsyms.ko rust_kallsyms.ko

.PHONY: install
install: ## install the rust_kallsyms.ko that was built last, for its kernel (DESTDIR, PREFIX)
	@scripts/install

.PHONY: uninstall
uninstall: ## remove what `make install` installed
	@scripts/install --uninstall

.PHONY: demo
demo: ## everything from nothing: set up, build, boot, insmod with sym_name=printk, show the log
	@scripts/guest --build $(incremental) tests/demo.sh

.PHONY: test
test: ## everything from nothing: all tests except the slow ones, and a short one with forky's arm64 kernel
	@tests/run $(build)

.PHONY: test-all
test-all: ## all tests on eight of Debian's kernels (takes hours; can be stopped and continued)
	@tests/all $(KERNELS)

.PHONY: test-short
test-short: ## a short test on the same eight kernels: the module loads, walks and evaluates
	@tests/all --short $(KERNELS)

.PHONY: test-scripts
test-scripts: ## all tests of the scripts, also when things go wrong, and of the guide to vendoring (~5 minutes)
	@tests/run $(build) scripts

.PHONY: test-soak
test-soak: ## test the module under load: loaded hundreds of times, its files used by many processes (~5 minutes)
	@tests/run $(build) soak

.PHONY: test-setup
test-setup: ## test the set-up: from nothing, killed, on a full disk, as an ordinary user (~10 minutes)
	@tests/run $(build) setup

.PHONY: deb
deb: ## make the Debian packages in build/deb
	@scripts/deb

.PHONY: test-deb
test-deb: ## test the packages in a fresh Debian: install, upgrade the kernel, remove (slow; can be continued)
	@tests/run $(build) deb

.PHONY: test-debug
test-debug: ## test the module in kernels built for finding bugs (takes hours; can be stopped and continued)
	@status=0; \
	for flavour in $(if $(filter kasan kcfi,$(FLAVOUR)),$(FLAVOUR),kasan kcfi); do \
		FLAVOUR=$$flavour tests/run build/$(SUITE)-$(ARCH)-$$flavour debug || status=1; \
	done; \
	exit $$status

.PHONY: test-fuzz
test-fuzz: ## fuzz the parsers for FUZZ_SECONDS each
	@FUZZ_SECONDS=$(or $(FUZZ_SECONDS),600) tests/run $(build) fuzz

.PHONY: bench
bench: ## measure what operations cost, compared with C; fails if a ratio is too high
	@tests/bench/run $(build)

.PHONY: guest
guest: ## run the shell script SCRIPT in a fresh guest (FILES, MODPROBE)
	$(if $(SCRIPT),,$(error which script? make guest SCRIPT=file))
	@scripts/guest --build $(incremental) $(FILES:%=--file %) $(if $(MODPROBE),--modprobe '$(MODPROBE)') '$(SCRIPT)'

.PHONY: command
command: ## build the command rust-kallsyms, to build/command
	@scripts/command

.PHONY: shell
shell: ## the command's prompt in a fresh guest, with the module loaded; then a shell
	@scripts/shell --build $(incremental)

.PHONY: picture
picture: ## record the session that README.md shows, in a guest, to docs/session.svg
	@scripts/picture $(build)

.PHONY: lint
lint: ## run rustfmt, clippy with the kernel's list of lints, and shellcheck
	@scripts/lint $(build)

.PHONY: doc
doc: ## make the library's documentation in build/doc
	@scripts/doc $(build)

.PHONY: rust-analyzer
rust-analyzer: ## make rust-project.json for an editor
	@scripts/build $(if $(KDIR),--kdir '$(KDIR)' $(kbuild)) $(build)
	@scripts/build --target rust-analyzer $(if $(KDIR),--kdir '$(KDIR)' $(kbuild)) $(build)
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
help: ## show this help
	@echo 'Targets:'
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 18
	@echo 'Settings:'
	@sed -n 's/^#   \([A-Z_, ]*\)  /  \1\t/p' scripts/common.sh $(MAKEFILE_LIST) | expand -t 18
