#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The reference page has the same functions and parameters as src/call/rules/hazards.rs and
# known_parameters.rs. (Guest tests check that the module follows them.)

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

grep --only-matching 'c"[^"]*"' src/call/rules/hazards.rs | cut --delimiter='"' --fields=2 | sort >"$directory/module"
# shellcheck disable=SC2016 # these are the back quotes of the page
sed --quiet '/^| why | functions |$/,/^$/s/^| it .* | \(.*\) |$/\1/p' docs/reference.md |
	tr --delete '`' | tr ' ' '\n' | sort >"$directory/page"
test -s "$directory/page" && diff "$directory/module" "$directory/page" >"$directory/output"
tap $? "the page and the module have the same functions that need \`unsafe\`"

# The parameters about which more is known than their types.
grep --only-matching '(c"[^"]*", [0-9])' src/call/rules/known_parameters.rs | sed 's/(c"\(.*\)", \(.\))/\1 \2/; s/ 0$/ all/' >"$directory/module"
# shellcheck disable=SC2016 # these are the back quotes of the page
sed --quiet '/^| what | parameters |$/,/^$/s/^| \(takes\|writes\) .* | \(.*\) |$/\2/p' docs/reference.md |
	sed 's/, /\n/g' | tr --delete '`' >"$directory/page"
test -s "$directory/page" && diff "$directory/module" "$directory/page" >"$directory/output"
tap $? "the page and the module have the same parameters that take NULL, or strings"

tap_end
