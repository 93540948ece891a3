# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests that source it: trees as the header packages of others lay them out, cut from the
# prepared one, which is $kernel/build. Each function makes the directory $1. docs/kernels.md says
# where the layouts are from.

kernel=$(scripts/kernel)

# cut_to TO FIND-ARGUMENT...: copies what find finds in the prepared tree.
cut_to() {
	local to=$1
	shift
	mkdir -p "$to"
	(cd "$kernel/build" && find "$@" -print0 | tar --create --null --no-recursion --files-from=-) |
		tar --extract --directory="$to"
}

# Arch's linux-headers, as its PKGBUILD makes it; linux-tkg and CachyOS do the same.
arch_tree() {
	cut_to "$1" .config Makefile Module.symvers kernel/Makefile "arch/$KARCH/Makefile" scripts include \
		"arch/$KARCH/include" tools/objtool/objtool tools/bpf/resolve_btfids/resolve_btfids \( -type f -o -type l \)
	cut_to "$1" . -name 'Kconfig*' -type f
	cut_to "$1" rust -maxdepth 1 \( -name '*.rmeta' -o -name '*.so' \)
	find "$1" -type f -name '*.o' -delete
	find -L "$1" -type l -delete
	cp "$kernel/build/vmlinux" "$1"
}

# Armbian's, as its kernel-debs.sh makes it with the extension kernel-rust: the tools are made again
# when it is installed, but for resolve_btfids; there is no vmlinux.
armbian_tree() {
	cut_to "$1" . \( -name 'Makefile*' -o -name 'Kconfig*' \) -type f
	cut_to "$1" .config Module.symvers include scripts tools "arch/$KARCH/include" \( -type f -o -type l \)
	cut_to "$1" rust -maxdepth 1 \( -name '*.rmeta' -o -name '*.so' \)
	cut_to "$1" rust/kernel -name 'generated_arch_*'
	find "$1" \( -name '*.o' -o -name '.*.cmd' -o -name resolve_btfids -type f \) -delete
}

# What the kernel's own `make bindeb-pkg` and its kin package, by the kernel's own script with our
# patch.
bindeb_tree() {
	mkdir -p "$1"
	cp "$kernel/build/scripts/package/install-extmod-build" "$1.sh"
	# shellcheck disable=SC2016 # it is the other shell that expands them
	WRITABLE=${1%/*} READABLE=$PWD scripts/enter sh -ec '
		busybox patch "$1.sh" <"$2"
		cd "$3"
		srctree=. SRCARCH=$4 CC=gcc HOSTCC=gcc sh "$1.sh" "$1"' \
		sh "$1" "$PWD"/packaging/kernel/0001-*.patch "$kernel/build" "$KARCH"
}
