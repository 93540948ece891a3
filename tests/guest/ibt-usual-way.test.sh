#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# emulator: bochs
# status: 122
# complaint: Missing ENDBR: kallsyms_lookup_name
#
# The usual way to call an unexported function, through a pointer, panics a kernel that enforces IBT. If it
# succeeded here, IBT would not be enforced, and the other tests under Bochs would prove nothing.

insmod ./usual_way.ko
