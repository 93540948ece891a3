#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A short test of a kernel: the module loads, walks and evaluates. `make test-short` runs it with
# every kernel.

# shellcheck disable=SC2016 # single quotes are for the module
# shellcheck source=tests/guest/tap.sh
. ./tap.sh

loads "a call at load time" 'rust_kallsyms: int_sqrt(144) = 12' sym_name=int_sqrt args=144

insmod "$MODULE"
awk '{ print $1, $3, (NF > 3) ? $4 : "[vmlinux]" }' /proc/kallsyms | sort >/tmp/truth
awk '{ print $1, $3, $4 }' $files/symbols | sort >/tmp/symbols
check "the symbols are the same as in /proc/kallsyms" cmp /tmp/symbols /tmp/truth
check "there are more than 100000" test "$(wc -l </tmp/symbols)" -gt 100000

exec 3<>$files/call
while IFS= read -r line; do
	value=
	printf '%s\n' "${line%% => *}" >&3 && IFS= read -r value <&3
	equal "${line%% => *}" "$value" "${line##* => }"
done <<TABLE
pid_vnr(find_vpid(1)) => 1
find_task_by_vpid(2)->comm => "kthreadd"
find_task_by_vpid(1)->nsproxy->uts_ns->name.release => "$(uname -r)"
__dev_get_by_name(&init_net, "lo")->mtu => 65536
gcd(gcd(1071, 462), 6) => 3
kstrtoint("42", 10, out) => 0, res = 42
sha256("abc", 3, out[32]) => void, out = ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 96177a9c b410ff61 f20015ad
snprintf(out[32], 32, "x=%d", 5) => 3, buf = "x=5"
crc32_le(0xffffffff, "123456789", 9) => 873187033
kstrdup("abc", GFP_KERNEL) => "abc"
TABLE
exec 3<&-
check "the module goes" rmmod rust_kallsyms

tap_end
