#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# With Indirect Branch Tracking enforced, the library calls functions whose landing pads are sealed, and
# others alike: of vmlinux and of a module, imported and found at run time.

cat >"$CACHE/tmp/ibt-library.sh" <<'GUEST'
. ./tap.sh
. ./library.sh
check "the kernel enforces IBT" sh -c "dmesg | grep -q 'CET detected: Indirect Branch Tracking enabled'"
insmod ./callee.ko
check "the test module loads" insmod ./kallsyms_test.ko || tap_end
tests ibt
tests walks
check "the test module can be removed" rmmod kallsyms_test
tap_end
GUEST
EMULATOR=bochs scripts/guest "$@" --file tests/guest/tap.sh --file tests/guest/library.sh \
	--console build/test/ibt-library.console "$CACHE/tmp/ibt-library.sh"
