# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # what is set here is used by those who source it
#
# TAP for the tests that run on the host: each sources this, tests, and calls `tap_end`.
# $directory is an empty one, gone at the end.

tap_number=0
directory=$(mktemp --directory)
trap 'rm -rf "$directory"' EXIT

# tap STATUS WHAT: one test's result.
tap() {
	tap_number=$((tap_number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_number - $2"
	else
		echo "not ok $tap_number - $2"
	fi
}

# skip WHAT WHY
skip() {
	tap_number=$((tap_number + 1))
	echo "ok $tap_number - $1 # SKIP $2"
}

# run COMMAND...: leaves its output in $directory/output, its status in $status and how long it took in
# $seconds.
run() {
	local begin=$SECONDS
	status=0
	"$@" >"$directory/output" 2>&1 || status=$?
	seconds=$((SECONDS - begin))
}

# expect WHAT STATUS SAYS COMMAND...: COMMAND ends with STATUS, and says SAYS (a basic regular expression).
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

# check WHAT COMMAND...: COMMAND succeeds.
check() {
	local what=$1
	shift
	run "$@"
	tap "$status" "$what"
	[ "$status" -eq 0 ] || sed 's/^/# /' "$directory/output"
}

tap_end() { echo "1..$tap_number"; }
