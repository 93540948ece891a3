#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# The demo, and one call or listing of each kind.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/debug/debug.sh
. ./debug.sh

loads "the demo" "rust_kallsyms: _printk(.*) = [1-9][0-9]*" sym_name=printk
loads "a call" "rust_kallsyms: int_sqrt(144) = 12" sym_name=int_sqrt args=144
loads "a listing" "rust_kallsyms: 3/[1-9][0-9]*/[1-9][0-9]* shown/matched/total" module=rust_kallsyms 'filter=*init*' limit=3
loads "counts" "rust_kallsyms: [0-9]* symbols in the kernel and 1 modules"
[ ! -e /proc/lockdep_stats ] || lockdep_is_on

tap_end
