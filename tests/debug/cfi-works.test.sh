#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# flavour: kcfi
# timeout: 300
# status: 122
# complaint: CFI failure at init_module
#
# The kernel traps at an indirect call with a wrong type. Without this the other tests would not
# prove anything.

insmod ./cfi.ko
