#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The library prints the same prototypes as bpftool does from the same BTF.
#
# Usage: tests/oracle/prototypes.sh DIRECTORY

set -euo pipefail
# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

build=$1
kernel=$(scripts/kernel)/build
out=$directory
export LC_ALL=C

cat >"$out/script" <<'GUEST'
sed -n 's/.* \([^ ]*_impl\)$/symbol: \1/p' /proc/kallsyms
insmod "$MODULE" && echo prototypes >/sys/kernel/debug/kallsyms_test/do &&
	cat /sys/kernel/debug/kallsyms_test/do
GUEST
scripts/guest --module "$build-fixtures/kallsyms_test.ko" --console "$out/console" "$out/script" >"$out/guest"
sed -n 's/^symbol: //p' "$out/guest" >"$out/symbols"
grep --invert-match '^symbol: ' "$out/guest" | sort --unique >"$out/got"
scripts/enter bpftool btf dump file "$kernel/vmlinux" format raw >"$out/btf"
prototypes() { READABLE=$out scripts/enter python3 "$PWD/tests/oracle/prototypes.py" "$out/symbols" "$@" <"$out/btf" | sort --unique; }
prototypes >"$out/expected"
# For a kfunc with implicit arguments, bpftool prints (as C) what BPF programs write; the library
# prints what the function takes.
prototypes implicit >"$out/implicit"

# none WHAT LINES: test that LINES is empty.
none() {
	if [ -z "$2" ]; then
		tap 0 "$1"
	else
		tap 1 "$1"
		head -n 20 <<<"$2" | sed 's/^/# /'
	fi
}

count=$(wc -l <"$out/got")
none "$count prototypes, of $(wc -l <"$out/expected")" "$([ "$count" -gt 40000 ] || tail -n 3 "$out/got")"
none "each is the same as bpftool's" "$(comm -23 "$out/got" "$out/expected")"
# bpftool itself prints kfuncs as C. It prints BTF's tags as attributes, which the library leaves
# out.
scripts/enter bpftool btf dump file "$kernel/vmlinux" format c |
	sed -n 's/^extern \(.*\) __weak __ksym;$/\1/p' |
	sed 's/ __attribute__((btf_type_tag("[^"]*")))//g; s/ __attribute__((address_space([0-9]*)))//g; s/^__bpf_fastcall //' |
	sed 's/\<_Bool\>/bool/g; s/\<\(long\|long long\) unsigned int\>/unsigned \1/g; s/\<\(short\|long\) int\>/\1/g' |
	sort --unique >"$out/all-kfuncs"
sed 's/.*/[ *]&(/' "$out/implicit" | grep --invert-match --file=- "$out/all-kfuncs" >"$out/kfuncs"
comm -12 "$out/kfuncs" "$out/got" >"$out/same"
none "$(wc -l <"$out/same") of $(wc -l <"$out/kfuncs") kfuncs are as bpftool prints them as C" \
	"$(comm -23 "$out/kfuncs" "$out/same")"
tap_end
