#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 5400
# append: cycles=1000
# flavour: kasan
#
# The module is loaded and removed a thousand times; then kmemleak looks for leaks.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/debug/debug.sh
. ./debug.sh

insmod "$MODULE" && rmmod rust_kallsyms
leaks_begin
sh ./cycles.test.sh >/tmp/cycles
tap $? "a thousand cycles"
sed 's/^/# /' /tmp/cycles
no_leaks
lockdep_is_on

tap_end
