#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 1200
# provokes: BUG: KASAN: null-ptr-deref|KASAN: null-ptr-deref in range|BUG: kernel NULL pointer dereference|kernel BUG at .*crash\.c|Oops: |Call Trace
#
# Functions that crash, hang, or return with a changed state.

exec sh ./contain.test.sh
