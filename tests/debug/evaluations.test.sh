#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
# flavour: kasan
# provokes: WARNING: suspicious RCU usage|Call Trace
#
# The expressions in evaluations.table. Lockdep complains about find_task_by_vpid(), which is called
# without the RCU read lock here.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/debug/debug.sh
. ./debug.sh
# shellcheck source=tests/debug/evaluations.sh
. ./evaluations.sh

tap_end
