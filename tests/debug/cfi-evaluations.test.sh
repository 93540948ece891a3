#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
# flavour: kcfi
#
# The expressions in evaluations.table.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/debug/debug.sh
. ./debug.sh
# shellcheck source=tests/debug/evaluations.sh
. ./evaluations.sh

tap_end
