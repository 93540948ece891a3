#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The examples in the library's documentation run, and do what it says.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

modprobe nf_tables
insmod ./doc_examples.ko && rmmod doc_examples
check "the examples load" log insmod ./doc_examples.ko
sed -n 's/^doc_examples: \(\(not \)*ok\) [0-9]* - /\1 /p' /tmp/log >/tmp/examples
while read -r line; do
	case $line in
	ok*) tap 0 "${line#ok }" ;;
	*) tap 1 "${line#not ok }" ;;
	esac
done </tmp/examples
check "there are at least six" test "$(wc -l </tmp/examples)" -ge 6
check "they print what the documentation says" grep -q -x "doc_examples: unsigned long int_sqrt(unsigned long x)" /tmp/log
check "they can be removed" rmmod doc_examples

tap_end
