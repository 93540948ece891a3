#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# flavour: kasan
# provokes: BUG: KASAN: .* in btf_relocate\+|Call Trace
#
# A bug of the kernel's own: btf_relocate() reads beyond an array when it loads a module whose BTF has a base of its
# own, as any module has that was built outside the kernel's tree. Modules for kernels built for finding bugs are
# therefore built without (scripts/build), or else that report would switch lockdep off, and be the first of many. When
# this test fails, the kernel has been mended, and this test and that exception can go.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

dmesg -c >/dev/null
insmod ./distilled_callee.ko
check "the kernel reads beyond an array for a module of somebody else" \
	sh -c "dmesg | grep -q 'BUG: KASAN: .* in btf_relocate+'"
rmmod callee
dmesg -c >/dev/null
insmod ./callee.ko
equal "and does not for a module without a base of its own" "$(dmesg | grep -c KASAN)" 0
rmmod callee

tap_end
