#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
# flavour: kasan
# provokes: WARNING: suspicious RCU usage|Call Trace
#
# The expressions of evaluations.table. find_task_by_vpid() wants RCU to be read-locked, which nobody does here; so
# lockdep complains of it.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/debug/debug.sh
. ./debug.sh
# shellcheck source=tests/debug/evaluations.sh
. ./evaluations.sh

tap_end
