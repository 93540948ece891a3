# SPDX-License-Identifier: GPL-2.0
#
# Generates what src/kallsyms/ needs of the target kernel's headers. Whoever vendors the library
# includes this from the Kbuild file, and lets the crate's object depend on $(kallsyms-bindings).
#
# A crate that needs more of the headers names directories of its own before, in $(more-bindings):
# each has a bindings_helper.h and bindgen_parameters, and gets a bindings_generated.rs.
#
# All of this works with what any header package has for modules in C: it reads neither
# rust/Makefile nor rust/bindgen_parameters, which few of them have.

kallsyms-generated := $(patsubst %,$(obj)/%/bindings_generated.rs, bindings $(more-bindings))
kallsyms-bindings := $(kallsyms-generated) \
	$(addprefix $(obj)/bindings/, layouts.rs noreturns.rs static_call_asm.rs)
targets += $(patsubst $(obj)/%,%,$(kallsyms-bindings)) bindings/layouts.s
clean-files += $(patsubst $(obj)/%,%,$(kallsyms-bindings)) bindings/layouts.s

ifeq ($(wildcard $(objtree)/rust/libkernel.rmeta),)
$(warning $(objtree) has no metadata of Rust crates (rust/libkernel.rmeta): most likely another package brings it; see \
	docs/kernels.md of rust_kallsyms)
endif

# Where bindings/mod.rs includes them from.
export KALLSYMS_BINDINGS := $(abspath $(obj))/bindings

# libclang reads the headers. It knows the flags of clang. Of GCC's it gets those that say what the
# headers mean, since of all others it may not know some; and what GCC compiles for, in the words of
# clang, as rust/Makefile has them. If a flag is left out that matters, the layouts below differ.
ifdef CONFIG_CC_IS_CLANG
kallsyms-c-flags = $(filter-out $(CC_FLAGS_LTO),$(c_flags))
else
kallsyms-flags-dropped := -f% -m% -W% -g% --param% asan-%
kallsyms-flags-kept := -funsigned-char -fshort-wchar -fms-% -m16 -m32 -m64 -mlittle-endian -mbig-endian -Wp,%
kallsyms-target-arm := arm-linux-gnueabi
kallsyms-target-arm64 := aarch64-linux-gnu
kallsyms-target-loongarch := loongarch64-linux-gnusf
kallsyms-target-powerpc := $(if $(CONFIG_PPC64),powerpc64le,powerpc)-linux-gnu
kallsyms-target-s390 := s390x-linux-gnu
kallsyms-target-x86 := x86_64-linux-gnu
kallsyms-c-flags = $(filter-out \
	$(filter-out $(kallsyms-flags-kept),$(filter $(kallsyms-flags-dropped),$(c_flags))),$(c_flags)) \
	$(addprefix --target=,$(kallsyms-target-$(SRCARCH)))
endif

# The kernel's own parameters are for what it generates. What is common to that and to all that is
# generated here: comments are not taken for documentation, and a structure of zeroes is known to be
# one.
quiet_cmd_bindgen = BINDGEN $(quiet_modtag) $@
      cmd_bindgen = $(BINDGEN) $< $(shell grep -Ehv '^\#|^$$' $(word 2,$^)) \
	--no-doc-comments --with-derive-custom-struct '.*=MaybeZeroable' --with-derive-custom-union '.*=MaybeZeroable' \
	--rust-target 1.85 --use-core --with-derive-default --ctypes-prefix ffi --no-layout-tests \
	--no-debug '.*' --enable-function-attribute-detection -o $@ -- \
	$(kallsyms-c-flags) -w -fno-builtin -D__BINDGEN__ -DMODULE; \
	sed -Ei 's/pub const RUST_CONST_HELPER_([a-zA-Z0-9_]*)/pub const \1/g' $@

$(kallsyms-generated): %/bindings_generated.rs: %/bindings_helper.h %/bindgen_parameters FORCE
	$(call if_changed_dep,bindgen)

# Sizes and offsets, by the kernel's own compiler.
quiet_cmd_layouts = LAYOUTS $(quiet_modtag) $@
      cmd_layouts = sed -n 's/^[[:space:]]*\.ascii[[:space:]]*"->\(.*\)".*/\1/p' $< >$@

$(obj)/bindings/layouts.rs: $(obj)/bindings/layouts.s FORCE
	$(call if_changed,layouts)
