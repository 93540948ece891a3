#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The reference page says what is so: its parameters, its files, its errors.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

insmod "$MODULE" && rmmod rust_kallsyms

# shellcheck disable=SC2016 # these are the back quotes of the page
# section NAME: the rows of its table, with the cells separated by tabs and without their back quotes. Rows that are for
# an architecture have it in parentheses behind the first cell.
section() {
	sed -n "/^## $1\$/,/^## /p" reference.md |
		sed "s/^\(| .*\`\) ($(uname -m)) |/\1 |/; /^| .*\` ([a-z0-9_]*) |/d" |
		sed -n 's/^| `\(.*\) |$/\1/; s/` | `*/\t/gp' |
		sed 's/ *`*$//'
}

# Parameters: name, mode, description.
section Parameters | awk -F '\t' '{ print $1 ":" $3 " (charp)" }' | sort >/tmp/page
modinfo "$MODULE" | sed -n 's/^parm: *//p' | sort >/tmp/module
check "the parameters, and what they are" diff /tmp/module /tmp/page

insmod "$MODULE"
section Parameters | awk -F '\t' '$2 != 0 { print $1, $2 }' | sort >/tmp/page
(cd /sys/module/rust_kallsyms/parameters && stat -c '%n %a' ./* | sed 's,^\./,,' | sort) >/tmp/module
check "the modes of the parameters" diff /tmp/module /tmp/page

section Files | awk -F '\t' '$2 ~ /^[0-7]+$/ { print $1, $2 }' | sort >/tmp/page
(cd /sys/kernel/debug/rust_kallsyms && stat -c '%n %a' ./* | sed 's,^\./,,' | sort) >/tmp/module
check "the files and their modes" diff /tmp/module /tmp/page
rmmod rust_kallsyms

# escaped TEXT: as a basic regular expression.
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

# Functions that need a vouch for what they do: of each glob that finds any, two are tried.
awk '$2 ~ /^[tT]$/ && $4 == "" && $3 !~ /[.]|^__(pfx|cfi)_/ { print $3 }' /proc/kallsyms | sort | uniq -u >/tmp/functions
insmod "$MODULE"
exec 3<>/sys/kernel/debug/rust_kallsyms/call
tried=0 wrong=''
# shellcheck disable=SC2016 # these are the back quotes of the page
sed -n '/^| why | functions |$/,/^$/s/^| \(it .*\) | \(.*\) |$/\1|\2/p' reference.md | tr -d '`' >/tmp/hazards
while IFS='|' read -r why globs; do
	set -f
	for glob in $globs; do
		set +f
		regex=$(printf '%s' "$glob" | sed 's/\*/.*/g')
		for name in $(grep -x "$regex" /tmp/functions | head -n 2); do
			dmesg -c >/dev/null
			# The shell's own printf does not say which error it was.
			echo "$name()" | cat 2>/tmp/answer >&3
			line=$(dmesg | sed -n 's/^\(\[[^]]*\] \)*rust_kallsyms: //p')
			case $line in
			*'it never returns'* | *'noinstr text'* | *'inittext'* | *'entry text'* | *'not a function'*) ;;
			"$name: $why; unsafe_call=1 calls it all the same") tried=$((tried + 1)) ;;
			# Another glob of the page finds it, too.
			"$name: it "*'; unsafe_call=1 calls it all the same') tried=$((tried + 1)) ;;
			*) wrong="$wrong [$name: $line]" ;;
			esac
			grep -q 'Operation not permitted\|Bad address' /tmp/answer || wrong="$wrong [$name: $(cat /tmp/answer)]"
		done
	done
done </tmp/hazards
exec 3>&-
rmmod rust_kallsyms
equal "functions that need a vouch for what they do" "$wrong" ""
check "there are many of them: $tried" test "$tried" -gt 100

tap_end
