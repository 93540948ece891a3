#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The reference page is right about parameters, files and errors.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

insmod "$MODULE" && rmmod rust_kallsyms

# shellcheck disable=SC2016 # these are the back quotes of the page
# section NAME: print the rows of its table, with tabs between the cells and without back quotes. In
# a row for one architecture, the architecture follows the first cell in parentheses.
section() {
	sed -n "/^## $1\$/,/^## /p" reference.md |
		sed "s/^\(| .*\`\) ($(uname -m)) |/\1 |/; /^| .*\` ([a-z0-9_]*) |/d" |
		sed -n 's/^| `\(.*\) |$/\1/; s/` | `*/\t/gp' |
		sed 's/ *`*$//'
}

# Parameters: name, mode, description.
section Parameters | awk -F '\t' '{ print $1 ":" $3 " (charp)" }' | sort >/tmp/page
modinfo "$MODULE" | sed -n 's/^parm: *//p' | sort >/tmp/module
check "the parameters and their descriptions" diff /tmp/module /tmp/page

insmod "$MODULE"
section Parameters | awk -F '\t' '$2 != 0 { print $1, $2 }' | sort >/tmp/page
(cd /sys/module/rust_kallsyms/parameters && stat -c '%n %a' ./* | sed 's,^\./,,' | sort) >/tmp/module
check "the modes of the parameters" diff /tmp/module /tmp/page

section Files | awk -F '\t' '$2 ~ /^[0-7]+$/ { print $1, $2 }' | sort >/tmp/page
(cd /sys/kernel/debug/rust_kallsyms && stat -c '%n %a' ./* | sed 's,^\./,,' | sort) >/tmp/module
check "the files and their modes" diff /tmp/module /tmp/page
rmmod rust_kallsyms

# escaped TEXT: print a basic regular expression that matches TEXT.
escaped() { printf '%s' "$1" | sed 's/[][\.*^$]/\\&/g'; }

section Errors >/tmp/errors
# shellcheck disable=SC2016 # these are the back quotes of the page
sed -n 's/^| `\(.*\)` (\([a-z0-9_]*\)) | .*/\2 \1/p' reference.md | grep -v "^$(uname -m) " >/tmp/others
while read -r machine parameters; do
	skip "$parameters" "for $machine only"
done </tmp/others
check "there are errors to check" test "$(wc -l </tmp/errors)" -gt 20
while IFS="$(printf '\t')" read -r parameters errno line; do
	eval "set -- $parameters"
	refuses "$parameters" "$errno" "rust_kallsyms: $(escaped "$line")" "$@"
done </tmp/errors

# Functions that are called only with `unsafe`: two are tried for each glob that finds any.
awk '$2 ~ /^[tT]$/ && $4 == "" && $3 !~ /[.]|^__(pfx|cfi)_/ { print $3 }' /proc/kallsyms | sort | uniq -u >/tmp/functions
insmod "$MODULE"
exec 3<>/sys/kernel/debug/rust_kallsyms/call
# shellcheck disable=SC2016 # these are the back quotes of the page
sed -n '/^| why | functions |$/,/^$/s/^| \(it .*\) | \(.*\) |$/\1|\2/p' reference.md | tr -d '`' >/tmp/hazards
while IFS='|' read -r why globs; do
	set -f
	for glob in $globs; do
		set +f
		regex=$(printf '%s' "$glob" | sed 's/\*/.*/g')
		# shellcheck disable=SC2013 # a name is a word
		for name in $(grep -x -m 2 "$regex" /tmp/functions); do
			attempt_begin
			# The shell's own echo does not print the error.
			echo "$name()" | cat 2>>/tmp/attempts >&3
			printf '%s\n' "$name: $why" >>/tmp/expected
		done
	done
done </tmp/hazards
exec 3>&-
rmmod rust_kallsyms
# Another row of the page may refuse the function, too; and some functions cannot be called at all.
# shellcheck disable=SC2016 # the backquotes are the module's
judge '
	name = substr(line, 1, index(line, ": ") - 1)
	count = gsub(/(^|\n)rust_kallsyms: /, "&", log_)
	refused = index(log_, "rust_kallsyms: " name ": it ") && log_ ~ /; unsafe calls it all the same(; in `[^`]*`)?\n/
	if (refused)
		print "refused" >"/tmp/refused"
	never = log_ ~ /it never returns|noinstr text|inittext|entry text|not a function/
	good = count == 1 && (refused || never) && output ~ /Operation not permitted|Bad address/
' /tmp/expected
check "there are more than 100 of them: $(wc -l </tmp/refused)" test "$(wc -l </tmp/refused)" -gt 100

tap_end
