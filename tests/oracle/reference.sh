#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The reference page has all that src/call/rules/ has, and no more; that the module keeps to it is
# for the guest tests.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

for table in names prototypes; do
	head=functions
	[ $table = names ] || head=prototypes
	scripts/classes $table >"$directory/module"
	sed --quiet "/^| why | $head |\$/,/^\$/{/^| it /p}" docs/reference.md >"$directory/page"
	test -s "$directory/page" && diff "$directory/module" "$directory/page" >"$directory/output"
	tap $? "the page and the module have the same classes of $table (scripts/classes --write puts them there)"
done

# shellcheck disable=SC2016 # these are the back quotes of the page
sed --quiet '/^| memory that is lent is not passed on because | functions |$/,/^$/s/^| its .* | \(.*\) |$/\1/p' docs/reference.md |
	tr --delete '`' | tr ' ' '\n' | sort >"$directory/page"
sed --quiet '/^const CLASSES/,/^];/p' src/call/rules/lent_memory.rs | grep --only-matching 'c"[^"]*"' |
	cut --delimiter='"' --fields=2 | sort >"$directory/module"
test -s "$directory/page" && diff "$directory/module" "$directory/page" >"$directory/output"
tap $? "the page and the module have the same functions that get no memory that is lent"

# The parameters about which more is known than their types.
grep --only-matching '(c"[^"]*", [0-9])' src/call/rules/known_parameters.rs | sed 's/(c"\(.*\)", \(.\))/\1 \2/; s/ 0$/ all/' >"$directory/module"
# shellcheck disable=SC2016 # these are the back quotes of the page
sed --quiet '/^| what | parameters |$/,/^$/s/^| \(takes\|writes\) .* | \(.*\) |$/\2/p' docs/reference.md |
	sed 's/, /\n/g' | tr --delete '`' >"$directory/page"
test -s "$directory/page" && diff "$directory/module" "$directory/page" >"$directory/output"
tap $? "the page and the module have the same parameters that take NULL, or strings"

tap_end
