#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Listings in the log, compared with /proc/kallsyms.

# shellcheck disable=SC2016 # single quotes are for awk
# shellcheck source=tests/guest/tap.sh
. ./tap.sh

insmod "$MODULE" && rmmod rust_kallsyms
sysctl -q -w kernel.dmesg_restrict=1 kernel.kptr_restrict=0
modprobe xfs
modprobe nf_tables

# listed PARAMETER...: print the symbols that the module lists in the log: address, name, [module].
listed() {
	log insmod "$MODULE" "$@"
	rmmod rust_kallsyms
	sed -n 's/^rust_kallsyms: \([0-9a-f]\{16\}\) . \([^ ]*\) \(\[.*\]\) 0x[0-9a-f]*$/\1 \2 \3/p' /tmp/log | sort
}

# truth AWK: print the symbols of /proc/kallsyms for which an awk condition is true, in the same
# form.
truth() {
	awk '{ module = (NF > 3) ? $4 : "[vmlinux]"; if ('"$1"') print $1, $3, module }' /proc/kallsyms | sort
}

equal "a pattern, in one module" "$(listed module=xfs 'filter=xfs_trans_*' limit=0)" \
	"$(truth 'module == "[xfs]" && $3 ~ /^xfs_trans_/')"
equal "a pattern, in the kernel itself" "$(listed module=vmlinux 'filter=tcp_v4_*' limit=0)" \
	"$(truth 'module == "[vmlinux]" && $3 ~ /^tcp_v4_/')"
equal "a pattern, everywhere" "$(listed 'filter=*_transport_init' limit=0)" "$(truth '$3 ~ /_transport_init$/')"
equal "two patterns" "$(listed 'filter=int_sqrt,nr_processes' limit=0)" \
	"$(truth '$3 == "int_sqrt" || $3 == "nr_processes"')"
equal "a class of characters" "$(listed 'filter=crc3[12]_[a-c]*' limit=0)" "$(truth '$3 ~ /^crc3[12]_[a-c]/')"
equal "two modules" "$(listed 'module=xfs,nf_*' 'filter=*_cleanup' limit=0)" \
	"$(truth '(module == "[xfs]" || module ~ /^\[nf_/) && $3 ~ /_cleanup$/')"
# (Without arm64's mapping symbols: in data that is read-only after init, they have the letter of
# data.)
equal "a kind: rodata of a module" "$(listed module=nf_tables kind=rodata limit=0 | grep -c -v ' \$d ')" \
	"$(truth 'module == "[nf_tables]" && ($2 == "r" || $2 == "R") && $3 != "$d"' | wc -l)"
equal "the default limit" "$(listed module=vmlinux | wc -l)" 100
equal "a limit" "$(listed module=vmlinux limit=7 | wc -l)" 7
equal "a limit keeps the first symbols" "$(listed module=vmlinux limit=3 | cut -d' ' -f1 | sort -u)" \
	"$(grep -v '\[' /proc/kallsyms | head -n 3 | cut -d' ' -f1 | sort -u)"
equal "the log is not flooded, whatever the limit" "$(listed limit=0 | wc -l)" 1000

total=$(grep -c -v '\[' /proc/kallsyms)
matched=$(grep -v '\[' /proc/kallsyms | grep -c ' tcp_[^ ]*$')
loads "the numbers of symbols shown, matched and in all" \
	"rust_kallsyms: 5/$matched/$total shown/matched/total" module=vmlinux 'filter=tcp_*' limit=5
loads "the log says where all of them are" "rust_kallsyms: all of them: cat /sys/kernel/debug/rust_kallsyms/symbols" \
	module=vmlinux 'filter=tcp_*' limit=5
loads "the counts of the kernel itself" "rust_kallsyms: vmlinux: $total symbols, .* of them text"
loads "the counts of a module" "rust_kallsyms: xfs: $(grep -c '\[xfs\]$' /proc/kallsyms) symbols, .* of them text"

refuses "a module that is not loaded" ENOENT "rust_kallsyms: module: column 1: no module no_such is loaded.*" module=no_such
refuses "a pattern that matches no module" ENOENT "rust_kallsyms: module: column 5: no module no_\* is loaded.*" 'module=xfs,no_*'
refuses "an unfinished pattern" EINVAL 'rust_kallsyms: filter: column 5: .*' 'filter=tcp,[a'
refuses "an empty pattern" EINVAL 'rust_kallsyms: filter: column 5: .*' 'filter=tcp,'
refuses "an unknown kind" EINVAL 'rust_kallsyms: kind: column 6: use text, .*' kind=text,txt
refuses "a limit that is not a number" EINVAL 'rust_kallsyms: limit: column 2: .*' limit=1x
refuses "a call and a listing at once" EINVAL 'rust_kallsyms: sym_name: calling and listing.*' \
	sym_name=int_sqrt args=4 'filter=tcp_*'

sysctl -q -w kernel.kptr_restrict=2
equal "a reader who may not see addresses gets zeros" \
	"$(listed 'filter=int_sqrt' limit=1 | cut -d' ' -f1)" 0000000000000000
sysctl -q -w kernel.kptr_restrict=0

tap_end
