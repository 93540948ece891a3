#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# How many of the kernel's functions can be called, and how many need `unsafe` for which reason:
# docs/reference.md has the numbers for one kernel. Elsewhere there must be some of each class.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

mount -t debugfs none /sys/kernel/debug 2>/dev/null
insmod "$MODULE"
exec 3<>/sys/kernel/debug/rust_kallsyms/functions
echo module=vmlinux >&3
cat <&3 >/tmp/functions
exec 3<&-
rmmod rust_kallsyms

awk '
	/;  (.*, )?no symbol/ { next }
	match($0, /no call \(.*\)/) { count["cannot be called"]++; next }
	match($0, /unsafe \([^)]*\)/) { count["need `unsafe`: " substr($0, RSTART + 8, RLENGTH - 9)]++; next }
	{ count["can be called"]++ }
	END { for (what in count) print "| " what " | " count[what] " |" }
' /tmp/functions | sort >/tmp/counted
sed 's/^/# /' /tmp/counted

sed -n '/^| functions | how many |$/,/^$/{/^| c\|^| n/p}' reference.md | sort >/tmp/page
sed -n '/^| why | prototypes |$/,/^$/s/^| \(it .*\) | .* |$/\1/p; /^| why | functions |$/,/^$/s/^| \(it .*\) | .* |$/\1/p' \
	reference.md >/tmp/classes
check "the page has classes" test "$(wc -l </tmp/classes)" -gt 5
while IFS= read -r class; do
	check "there are functions of the class: $class" grep -qF "$class" /tmp/counted
done </tmp/classes
# shellcheck disable=SC2016 # the backticks are the page's
if [ "$(uname -r)" = "$(sed -n 's/^How many functions of the kernel `\(.*\)` can be called.*/\1/p' reference.md)" ]; then
	check "as many as the page says" diff /tmp/page /tmp/counted
else
	skip "as many as the page says" "the page is about another kernel"
fi

tap_end
