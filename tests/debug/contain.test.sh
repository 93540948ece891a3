#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 1200
# provokes: BUG: KASAN: null-|BUG: KASAN: vmalloc-out-of-bounds in (crash_|sg_init_table)|KASAN: null-ptr-deref in range|BUG: kernel NULL pointer dereference|BUG: unable to handle page fault|kernel BUG at .*crash\.c|WARNING: mm/vmalloc\.c:[0-9]+ at (remove_vm_area|vfree)|WARNING: .*crash\.c:[0-9]+ at crash_warn|Oops: |Call Trace
#
# Functions that crash, hang, or return with a changed state.

exec sh ./contain.test.sh
