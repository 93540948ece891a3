#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# Real calls of the stock kernel's functions, which are in calls.table.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

# Only the first load in each boot makes the kernel say that the module is out of tree.
insmod "$MODULE" && rmmod rust_kallsyms

# Split the table's lines into fields that a shell reads fast: the parameters, or the name and the
# arguments (without spaces after commas, at which the kernel would end the parameter); and the
# line.
rows calls.table | awk -v OFS='\037' '
/^modprobe / { print $0, "", "", ""; next }
(i = index($0, " => ")) { print substr($0, 1, i - 1), "", "", substr($0, i + 4); next }
{
	i = index($0, "(")
	rest = substr($0, i + 1)
	rest = substr(rest, 1, index(rest, ") = ") - 1)
	arguments = ""
	quoted = 0
	for (j = 1; j <= length(rest); j++) {
		c = substr(rest, j, 1)
		if (c == "\\") {
			arguments = arguments c
			c = substr(rest, ++j, 1)
		} else if (c == "\"") {
			quoted = !quoted
		} else if (c == " " && !quoted) {
			continue
		}
		arguments = arguments c
	}
	print "", substr($0, 1, i - 1), arguments, $0
}' >/tmp/calls
skip_rows

# try ATTEMPT NUMBER PARAMETER...: try a row, if it is for this kind of attempt.
try() {
	attempt=$1
	shift
	wanted=attempt
	by_write "$@" && wanted=attempt_write
	[ $wanted = "$attempt" ] || return 1
	shift
	$attempt "$@"
	return 0
}

# pass ATTEMPT: try the rows for this kind of attempt.
pass() {
	number=0
	while IFS=$(printf '\037') read -r parameters name arguments line; do
		number=$((number + 1))
		case $parameters in
		'')
			try "$1" $number "sym_name=$name" "args=$arguments" || continue
			;;
		modprobe\ *)
			[ "$1" = attempt_write ] || check "$parameters" modprobe "${parameters#* }"
			continue
			;;
		*)
			eval "try $1 $number $parameters" || continue
			;;
		esac
		# A command in the line is run now.
		# shellcheck disable=SC2016 # the text is meant
		case $line in
		*'$('*)
			rest=${line#*'$('}
			line=${line%%'$('*}$(eval "${rest%%')'*}")${rest#*')'}
			;;
		esac
		printf '%s\n' "$line" >>/tmp/expected
	done </tmp/calls
}
pass attempt
between_attempts insmod "$MODULE"
pass attempt_write
rmmod rust_kallsyms

judge '
	good = index("\n" log_, "\nrust_kallsyms: " line "\n") && match(output, /^the module (is loaded|stays)/)
' /tmp/expected

tap_end
