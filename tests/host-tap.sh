# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # the tests that source this use what it sets
#
# TAP for tests that run on the host: a test sources this file and ends with `tap_end`. $directory
# is a temporary directory, which is removed at the end.

tap_number=0
directory=$(mktemp --directory)
trap 'rm -rf "$directory"' EXIT

# tap STATUS WHAT: print the result of one test.
tap() {
	tap_number=$((tap_number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_number - $2"
	else
		echo "not ok $tap_number - $2"
	fi
}

# skip WHAT WHY: print that a test is skipped.
skip() {
	tap_number=$((tap_number + 1))
	echo "ok $tap_number - $1 # SKIP $2"
}

# run COMMAND...: run it; leave its output in $directory/output, its status in $status, and the time
# that it took in $seconds.
run() {
	local begin=$SECONDS
	status=0
	"$@" >"$directory/output" 2>&1 || status=$?
	seconds=$((SECONDS - begin))
}

# expect WHAT STATUS SAYS COMMAND...: test that COMMAND ends with STATUS and prints SAYS (a basic
# regular expression).
expect() {
	local what=$1 expected=$2 says=$3
	shift 3
	run "$@"
	if [ "$status" -eq "$expected" ] && grep --quiet -e "$says" "$directory/output"; then
		tap 0 "$what"
	else
		tap 1 "$what"
		echo "# status $status, expected $expected and: $says"
		sed 's/^/# /' "$directory/output"
	fi
}

# check WHAT COMMAND...: test that COMMAND succeeds.
check() {
	local what=$1
	shift
	run "$@"
	tap "$status" "$what"
	[ "$status" -eq 0 ] || sed 's/^/# /' "$directory/output"
}

# soon COMMAND...: repeat COMMAND until it succeeds, for at most ten seconds.
soon() {
	local _
	for _ in $(seq 100); do
		! "$@" || return 0
		sleep 0.1
	done
	return 1
}

tap_end() { echo "1..$tap_number"; }
