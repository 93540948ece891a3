#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make doc` works, without a warning of rustdoc, and the pages begin with what a reader needs
# first.
#
# Usage: tests/oracle/doc.sh DIRECTORY

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

check "the documentation is made" scripts/doc "$1"
pages=build/doc/rust_kallsyms

# text PAGE: its text, a line for each element.
text() {
	tr '\n' ' ' <"$pages/$1" | sed 's/.*id="main-content"[^>]*>//; s/<[^>]*>/\n/g' | sed '/^[[:space:]]*$/d'
}

# places WORDS...: where in the front page each of them comes first.
places() {
	local word
	for word; do
		text kallsyms/index.html | grep --max-count=1 --line-number --fixed-strings -- "$word" | cut -d : -f 1
	done
}
check "the front page has an example, then what there is, then soundness" \
	sort --check --numeric-sort <(places 'Every symbol of the running kernel' nr_running 'What there is' 'Soundness')
check "all of these" test "$(places nr_running 'What there is' 'Soundness' | wc -l)" -eq 3
first=$(grep --only-matching 'id="method\.[a-z_]*"' "$pages/kallsyms/struct.Kallsyms.html" | head -n 5 | cut -d . -f 2 | tr '"\n' ' ')
check "what everybody needs comes first in Kallsyms: $first" test "$first" = "new  for_each  query  target  at  "
# shellcheck disable=SC2016 # the macro's own dollar
check "import! does not show its inside" \
	test "$(text macro.import.html | grep --count '@function')" -eq 0 -a "$(text macro.import.html | grep --count 'optional')" -gt 0
# Those of the core and kernel crates, which a type's page shows too, are not ours.
brackets=$(grep --recursive --only-matching --no-filename '\[<code>[A-Z][^<]*</code>\]' "$pages/kallsyms" |
	sort --unique | grep --invert-match '>CStr::\|>Bounded')
check "no link is left in brackets ($brackets)" test -z "$brackets"

tap_end
