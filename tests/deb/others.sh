#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In a guest: modules in Rust that were built against linux-lib-rust, and nothing else, load and do what they are for.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

check "the kernel's own sample loads" log insmod ./rust_minimal.ko
check "and says so" grep -qx 'rust_minimal: Rust minimal sample (init)' /tmp/log
check "it is removed" log rmmod rust_minimal
check "and says so" grep -qx 'rust_minimal: My numbers are .*' /tmp/log

check "examples/symbol_stats loads" log insmod ./symbol_stats.ko
check "and counts" grep -q '^symbol_stats: [1-9][0-9]* symbols are ' /tmp/log

check "the module of the guide to vendoring loads" log insmod ./processes.ko
check "and counts" grep -qx 'processes: [1-9][0-9]* processes, [1-9][0-9]* context switches' /tmp/log

tap_end
