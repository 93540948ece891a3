#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# The requests in refusals.table are refused. Each fails with its errno, makes the module log one
# line, and does not taint the kernel; after a failed insmod the module is not loaded.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

# The first load taints the kernel, because the module is out of tree and unsigned.
insmod "$MODULE" && rmmod rust_kallsyms
tainted=$(cat /proc/sys/kernel/tainted)
equal "the kernel is tainted by an unsigned, out-of-tree module only" "$tainted" $((1 << 12 | 1 << 13))

separator=$(printf '\037')
rows refusals.table >/tmp/rows
skip_rows

# pass ATTEMPT: try the rows for this kind of attempt.
pass() {
	number=0
	while IFS= read -r line; do
		number=$((number + 1))
		parameters=${line% => *}
		wanted=attempt
		eval "by_write $number $parameters" && wanted=attempt_write
		[ $wanted = "$1" ] || continue
		message=${line##* => }
		# The number of symbols with this name differs between kernels.
		case $message in
		*'{count}'*)
			name=${parameters#sym_name=}
			count=$(awk -v name="${name%% *}" '$3 == name' /proc/kallsyms | wc -l)
			message=${message%%'{count}'*}$count${message#*'{count}'}
			;;
		esac
		eval "$1 $parameters"
		printf '%s\n' "$parameters$separator$(words "${message%% *}")$separator${message#* }" >>/tmp/expected
	done </tmp/rows
}
pass attempt
between_attempts insmod "$MODULE"
pass attempt_write
rmmod rust_kallsyms

judge '
	split(line, part, "\037")
	what = part[1]
	count = 0
	began = 0
	rows = split(log_, row, "\n")
	for (j = 1; j <= rows; j++) {
		# The kernel itself logs other lines about parameters.
		if (row[j] ~ /^rust_kallsyms: / && row[j] !~ /(invalid for|unknown) parameter|: `[^ ]*$/) {
			count++
			began = index(row[j], "rust_kallsyms: " part[3]) == 1
		}
	}
	good = index(output, ": " part[2] "\n") && count == 1 && began &&
		match(output, /the module (is absent|stays); tainted: '"$tainted"'\n/)
	if (!good)
		what = what " (" part[2] ": " part[3] ")"
' /tmp/expected

tap_end
