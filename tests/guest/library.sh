# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the tests of the library share: how to ask tests/fixtures/kallsyms_test.

do=/sys/kernel/debug/kallsyms_test/do

# ask COMMAND...: print its answer.
ask() {
	echo "$*" >"$do" && cat "$do"
}

# tests NAME: run the fixture's own tests NAME, and print their results.
tests() {
	ask test "$1" >/tmp/tests
	while read -r line; do
		case $line in
		ok*) tap 0 "${line#* - }" ;;
		not*) tap 1 "${line#* - }" ;;
		'#'*) echo "$line" ;;
		esac
	done </tmp/tests
}
