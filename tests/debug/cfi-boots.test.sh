#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# flavour: kcfi
# timeout: 300
#
# The kernel uses control-flow integrity, and says which.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

dmesg | grep -i -E 'cfi|fineibt' | sed 's/^/# /'
check "it says so" sh -c "dmesg | grep -q -i -E 'SMP alternatives: Using .*CFI|FineIBT'"

tap_end
