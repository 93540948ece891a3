#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The first thing a user tries: --help, `make help`, a name mistyped, a path with a space in it.
# Nothing is built or booted for any of these.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

for script in scripts/*; do
	if [ -d "$script" ] || [ ! -x "$script" ]; then
		continue
	fi
	command=("$script")
	# What a guest has need not be on this machine.
	! head -n 1 "$script" | grep --quiet python3 || command=(scripts/enter "$PWD/$script")
	expect "$script --help" 0 '^Usage: ' "${command[@]}" --help
done
expect "guest-init is only for a guest's kernel" 125 'for the kernel of a guest to start' scripts/guest-init
expect "guest-shell is only for a guest" 125 'for a guest' scripts/guest-shell
expect "rust-project without arguments" 1 'see scripts/rust-project --help' scripts/enter "$PWD/scripts/rust-project"

# settings: print the names of all settings, from the Makefile and docs/kernels.md.
# shellcheck disable=SC2016 # these are make's dollars and the page's back quotes
settings() {
	sed -n 's/^export //p' Makefile | sed 's/ ?=.*//' | tr ' ' '\n'
	grep --only-matching '\$([A-Z_]*)' Makefile | tr --delete '$()' | grep --invert-match 'CURDIR\|^MAKE'
	sed -n '/^| setting |/,/^$/s/^| `\([A-Z_]*\)` .*/\1/p' docs/kernels.md
}

make help >"$directory/help"
while read -r target; do
	grep --quiet "^  $target  *[^ ]" "$directory/help"
	tap $? "make help has the target $target"
done < <(sed -n 's/^\.PHONY: //p' Makefile)
while read -r setting; do
	grep --quiet "^  \(KEY, \)\{0,1\}${setting}[ ,]" "$directory/help"
	tap $? "make help has the setting $setting"
done < <(settings | sort --unique)

# refused WHAT SAYS ARGUMENT...: make refuses it, before anything is built.
refused() {
	local what=$1 says=$2
	shift 2
	expect "$what" 2 "$says" env XDG_CACHE_HOME="$directory/cache" make "$@"
	! grep --quiet '^==> ' "$directory/output"
	tap $? "before anything is made"
}
refused "make guest without a script" 'which script' guest
refused "make guest with a script that is not there" 'error: nope cannot be read' guest SCRIPT=nope
refused "or with a directory" 'error: src cannot be read' guest SCRIPT=src
refused "or with a file to carry that is not there" 'error: nope cannot be read' guest SCRIPT=tests/demo.sh FILES=nope
refused "make guest with an emulator that is not there" 'EMULATOR=nope cannot boot' guest SCRIPT=tests/demo.sh EMULATOR=nope
refused "make shell without a terminal" 'a shell needs a terminal' shell
refused "make sign without a key" 'with which key' sign
refused "or with one that is not there" 'error: nope cannot be read' sign KEY=nope CERT=README.md
refused "KDIR with a space in its path" 'cannot handle a path with a space .*: /a tree' KDIR='/a tree'

spaced="$directory/a checkout"
mkdir "$spaced"
ln -s "$PWD"/{Makefile,scripts} "$spaced"
expect "a checkout with a space in its path is refused by make" 2 'has a space in it' make -C "$spaced" demo
cp -r scripts "$spaced/copy"
expect "and by the scripts" 125 "cannot handle a path with a space .*: $spaced" "$spaced/copy/archive" plan
expect "so is a build directory" 125 "cannot handle a path with a space .*: $directory/a build" \
	scripts/build "$directory/a build"
expect "and a source directory" 125 'cannot handle a path with a space' scripts/build --source "$spaced" "$directory/build"
expect "and a cache" 125 "cannot handle a path with a space .*: $directory/a cache" \
	env XDG_CACHE_HOME="$directory/a cache" scripts/archive plan

tap_end
