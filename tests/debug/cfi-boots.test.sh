#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# flavour: kcfi
# timeout: 300
#
# The kernel uses control-flow integrity, and says so.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

check "it says so" sh -c "dmesg | grep -q 'Using rehashed retpoline kCFI'"

tap_end
