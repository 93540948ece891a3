# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# How the tests of the library ask tests/fixtures/kallsyms_test.

do=/sys/kernel/debug/kallsyms_test/do

# ask COMMAND...: its answer.
ask() {
	echo "$*" >"$do" && cat "$do"
}

# tests NAME: the fixture's own tests of that name.
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
