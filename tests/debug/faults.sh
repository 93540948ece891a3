# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Make each allocation of an operation fail in turn (nth.c); sourced after debug.sh.

debug=/sys/kernel/debug

for fault in failslab fail_page_alloc fail_usercopy; do
	echo 0 >$debug/$fault/verbose
done
echo N >$debug/failslab/ignore-gfp-wait
echo N >$debug/fail_page_alloc/ignore-gfp-wait
echo N >$debug/fail_page_alloc/ignore-gfp-highmem
echo 0 >$debug/fail_page_alloc/min-order

# faults_of_modules: from now on an allocation fails only if a module's code is on the stack; the
# loader's own allocations do not fail. Modules begin at require-start; KASLR can put the kernel
# anywhere in the gibibyte below.
faults_of_modules() {
	for fault in failslab fail_page_alloc fail_usercopy; do
		echo 32 >$debug/$fault/stacktrace-depth
		echo 0xffffffffc0000000 >$debug/$fault/require-start
		echo 0xffffffffff000000 >$debug/$fault/require-end
	done
}

# faults_of_all: from now on any allocation fails.
faults_of_all() {
	for fault in failslab fail_page_alloc fail_usercopy; do
		echo 0 >$debug/$fault/require-start
		echo 0xffffffffffffffff >$debug/$fault/require-end
	done
}

# faults OPERATION ARGUMENT...: test one operation, which must meet at least one fault.
faults() {
	chmod 755 ./nth
	./nth "$@" >/tmp/nth 2>&1 && ! grep -q '^0 faults' /tmp/nth
	tap $? "$*: $(tail -n 1 /tmp/nth)"
	grep '^wrong: ' /tmp/nth | sed 's/^/# /'
}
