#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# flavour: kcfi
# timeout: 300
#
# The kernel says that it uses control-flow integrity.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

check "the kernel says that it uses kCFI" sh -c "dmesg | grep -q 'Using rehashed retpoline kCFI'"

tap_end
