#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The reference page has all globs of src/call/hazard.rs, and no other; that the module keeps to them is for
# tests/guest/reference.test.sh.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

grep --only-matching 'c"[^"]*"' src/call/hazard.rs | cut --delimiter='"' --fields=2 | sort >"$directory/module"
# shellcheck disable=SC2016 # these are the back quotes of the page
sed --quiet '/^| why | functions |$/,/^$/s/^| it .* | \(.*\) |$/\1/p' docs/reference.md |
	tr --delete '`' | tr ' ' '\n' | sort >"$directory/page"
test -s "$directory/page" && diff "$directory/module" "$directory/page" >"$directory/output"
tap $? "the page and the module have the same functions that need a vouch"

tap_end
