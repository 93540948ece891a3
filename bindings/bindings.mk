# SPDX-License-Identifier: GPL-2.0
#
# Generates what src/kallsyms/ needs of the target kernel's headers. Whoever vendors the library
# includes this from the Kbuild file, and lets the crate's object depend on $(kallsyms-bindings).
#
# A crate that needs more of the headers names directories of its own before, in $(more-bindings): each has
# a bindings_helper.h and bindgen_parameters, and gets a bindings_generated.rs.

kallsyms-generated := $(patsubst %,$(obj)/%/bindings_generated.rs, bindings $(more-bindings))
kallsyms-bindings := $(kallsyms-generated) $(addprefix $(obj)/bindings/, noreturns.rs static_call_asm.rs)
targets += $(patsubst $(obj)/%,%,$(kallsyms-bindings))
clean-files += $(patsubst $(obj)/%,%,$(kallsyms-bindings))

# Where bindings/mod.rs includes them from.
export KALLSYMS_BINDINGS := $(abspath $(obj))/bindings

# What bindgen is told is told by the kernel: its list of C flags that libclang does not know, its
# targets, its parameters.
kallsyms-kernel-makefile := $(srctree)/rust/Makefile
kallsyms-skip-c-flags := $(shell \
	sed -n '/^bindgen_skip_c_flags := /,/[^\\]$$/{s/^.*:= //;s/\\$$//;p}' $(kallsyms-kernel-makefile))
kallsyms-bindgen-target := $(shell \
	sed -n 's/^BINDGEN_TARGET_$(SRCARCH)[[:space:]]*:= //p' $(kallsyms-kernel-makefile))
kallsyms-bindgen-flags := $(shell \
	sed -n '/^      cmd_bindgen = /,/[^\\]$$/{s/.*\(--rust-target [0-9.]*\).*/\1/p}' $(kallsyms-kernel-makefile))

quiet_cmd_bindgen = BINDGEN $(quiet_modtag) $@
      cmd_bindgen = $(BINDGEN) $< \
	$(shell grep -Ehv '^\#|^$$' $(srctree)/rust/bindgen_parameters $(word 2,$^)) \
	$(kallsyms-bindgen-flags) --use-core --with-derive-default --ctypes-prefix ffi --no-layout-tests \
	--no-debug '.*' --enable-function-attribute-detection -o $@ -- \
	$(filter-out $(kallsyms-skip-c-flags),$(c_flags)) -w --target=$(kallsyms-bindgen-target) \
	-fno-builtin -D__BINDGEN__ -DMODULE; \
	sed -Ei 's/pub const RUST_CONST_HELPER_([a-zA-Z0-9_]*)/pub const \1/g' $@

$(kallsyms-generated): %/bindings_generated.rs: %/bindings_helper.h %/bindgen_parameters FORCE
	$(call if_changed_dep,bindgen)
