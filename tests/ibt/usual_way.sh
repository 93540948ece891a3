#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The usual way dies where ours works: were this to succeed, IBT would not be enforced, and the other
# tests here would prove nothing.

echo 1..2
echo 'insmod usual_way.ko' >"$CACHE/tmp/ibt-usual_way.sh"
status=0
EMULATOR=bochs scripts/guest "$@" --console build/test/ibt-usual_way.console "$CACHE/tmp/ibt-usual_way.sh" ||
	status=$?
[ "$status" -eq 122 ] || echo -n "not "
echo "ok 1 - the usual way panics the kernel (status $status)"
grep --text --quiet 'Missing ENDBR: kallsyms_lookup_name' build/test/ibt-usual_way.console || echo -n "not "
echo "ok 2 - it is the missing landing pad"
