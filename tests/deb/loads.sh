#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In a guest of the kernel that DKMS has built the module for: modprobe loads what DKMS installed.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

mkdir -p /etc/modprobe.d
cp rust_kallsyms.conf /etc/modprobe.d
path=$(modprobe --show-depends rust_kallsyms)
case $path in
*/updates/dkms/rust_kallsyms.ko*) tap 0 "modprobe finds what DKMS installed: $path" ;;
*) tap 1 "modprobe finds what DKMS installed: $path" ;;
esac
log modprobe rust_kallsyms sym_name=printk
equal "it is loaded, and calls printk()" "$(grep -c 'rust_kallsyms: hello, this line was printed by printk() itself$' /tmp/log)" 1
equal "with the options of modprobe.d" "$(cat /sys/module/rust_kallsyms/parameters/timeout)" 7
check "modinfo names the key that DKMS signed it with" sh -c 'modinfo --field signer rust_kallsyms | grep -q "DKMS"'
check "it is removed" modprobe --remove rust_kallsyms
tap_end
