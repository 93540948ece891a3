#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# flavour: kcfi
# timeout: 300
# status: 122
# complaint: CFI failure at init_module
#
# The kernel does trap at an indirect call with a wrong type; otherwise the other tests would show nothing.

insmod ./cfi.ko
