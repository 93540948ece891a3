#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/lint finds mistakes in every part of the sources. They are planted in a copy.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

copy=$directory/checkout
mkdir "$copy"
git ls-files --cached --others --exclude-standard | tar --create --files-from=- | tar --extract --directory="$copy"
cd "$copy" || exit
git init --quiet
# Each crate takes a while; leave out one that is like the others.
rm -r tests/bench

crates=(src/log.rs examples/symbol_stats/stats.rs tests/fixtures/kallsyms_test/out.rs tests/fixtures/doc_examples/main.rs)
for file in "${crates[@]}"; do
	printf '\nfn planted(p: *const u8) -> u8 {\n    unsafe { *p }\n}\n' >>"$file"
done
echo 'fn  planted() {}' >>tests/host/main.rs
printf '/* planted%0100d */\n' 0 >>src/module_bindings/helpers.c
# shellcheck disable=SC2016 # this is for shellcheck to find
printf '#!/bin/sh\necho $1\n' >scripts/planted

expect "mistakes are an error" 1 . scripts/lint "$directory/build"
for file in "${crates[@]}"; do
	grep --after-context=1 "unsafe block missing a safety comment" "$directory/output" | grep --quiet "$file:"
	tap $? "clippy names $file"
done
grep --quiet 'Diff in .*tests/host/main.rs' "$directory/output"
tap $? "rustfmt names tests/host/main.rs"
grep --quiet 'In scripts/planted' "$directory/output"
tap $? "shellcheck names scripts/planted"

grep --quiet '^more than 100 columns: src/module_bindings/helpers.c:' "$directory/output"
tap $? "and a comment that is too wide"

tap_end
