#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The reference page says what is so: its parameters, its files, its errors.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

insmod "$MODULE" && rmmod rust_kallsyms

# shellcheck disable=SC2016 # these are the back quotes of the page
# section NAME: the rows of its table, with the cells separated by tabs and without their back quotes.
section() {
	sed -n "/^## $1\$/,/^## /p" reference.md |
		sed -n 's/^| `\(.*\) |$/\1/; s/` | `*/\t/gp' |
		sed 's/ *`*$//'
}

# Parameters: name, mode, description.
section Parameters | awk -F '\t' '{ print $1 ":" $3 " (charp)" }' | sort >/tmp/page
modinfo "$MODULE" | sed -n 's/^parm: *//p' | sort >/tmp/module
check "the parameters, and what they are" diff /tmp/module /tmp/page

insmod "$MODULE"
section Parameters | awk -F '\t' '{ print $1, $2 }' | sort >/tmp/page
(cd /sys/module/rust_kallsyms/parameters && stat -c '%n %a' ./* | sed 's,^\./,,' | sort) >/tmp/module
check "the modes of the parameters" diff /tmp/module /tmp/page

section Files | awk -F '\t' '{ print $1, $2 }' | sort >/tmp/page
(cd /sys/kernel/debug/rust_kallsyms && stat -c '%n %a' ./* | sed 's,^\./,,' | sort) >/tmp/module
check "the files and their modes" diff /tmp/module /tmp/page
rmmod rust_kallsyms

# escaped TEXT: as a basic regular expression.
escaped() { printf '%s' "$1" | sed 's/[][\.*^$]/\\&/g'; }

section Errors >/tmp/errors
check "there are errors to check" test "$(wc -l </tmp/errors)" -gt 20
while IFS="$(printf '\t')" read -r parameters errno line; do
	eval "set -- $parameters"
	refuses "$parameters" "$errno" "rust_kallsyms: $(escaped "$line")" "$@"
done </tmp/errors

tap_end
