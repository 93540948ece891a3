#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
# timeout: 900
#
# The library's walks and queries, compared with /proc/kallsyms.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh

# like_proc: print /proc/kallsyms without the symbols that belong neither to a module nor to vmlinux
# (BPF programs, ftrace's and kprobes' trampolines), which the library's walks leave out.
like_proc() {
	grep -v '	\[\(bpf\|__builtin__ftrace\|__builtin__kprobes\)\]$' /proc/kallsyms
}

modprobe -a dummy xfs cifs nf_tables bridge veth vxlan wireguard ipvlan macvlan overlay squashfs
insmod ./callee.ko
check "the test module loads" insmod ./kallsyms_test.ko || tap_end
check "there are ten modules or more" test "$(wc -l </proc/modules)" -gt 10

# without_letter FILE: print the lines of /proc/kallsyms or of the fixture without the letter and
# the kind.
without_letter() {
	cut -d '|' -f 1 "$1" | cut -c 1-17,20-
}

# All symbols, in the same order.
ask all >/tmp/all
like_proc >/tmp/proc
without_letter /tmp/proc >/tmp/expected
without_letter /tmp/all >/tmp/got
check "there are more than 190000 symbols ($(wc -l </tmp/expected))" test "$(wc -l </tmp/expected)" -gt 190000
check "all addresses, names and modules are the same as in /proc/kallsyms" cmp /tmp/got /tmp/expected

# A module's letters are the kernel's own. For vmlinux, the library makes letters from kinds, while
# /proc/kallsyms has nm(1)'s letters, which depend on the flags of sections. These are all the
# differences:
#  - w and v are weak functions and data;
#  - rodata is d where the linker keeps relocated data (.rodata and the tables in it are writable to
#    it);
#  - data is t, because some input of .data is marked executable, and so all of it is;
#  - __init_begin before inittext, and __nosave_end before bss, belong to the section before; so do
#    the borders of empty parts at the end of text (t), at the address where rodata begins;
#  - initdata includes what is freed with it: exit text of drivers that cannot be removed (t), and
#    tables (r);
#  - other are the few borders outside of all sections; on arm64 also code and data for other page
#    tables: trampolines, the identity map, and the hypervisor's read-only data.
#
# After the bad lines, awk prints how often each kind has each letter, to compare with the limits
# below.
others=50 texts=100000 bss=bd
[ "$(uname -m)" != aarch64 ] || others=100 texts=50000 bss=bdv
rodata=$(awk '$3 == "__start_rodata" { print $1 }' /tmp/proc)
paste -d '|' /tmp/all /tmp/proc | awk -F '|' -v limit=$others -v bss=$bss -v rodata="$rodata" '
	BEGIN {
		allowed["text"] = "tw"; allowed["entry"] = "t"; allowed["noinstr"] = "tw"
		allowed["inittext"] = "twb"; allowed["rodata"] = "rdv"; allowed["data"] = "dt"
		allowed["bss"] = bss; allowed["initdata"] = "drt"; allowed["percpu"] = "d"
	}
	{
		# An address has 16 digits.
		letter = tolower(substr($3, 18, 1))
		if ($1 ~ /\]$/)
			bad = letter != substr($1, 18, 1)
		else if ($2 == "other")
			bad = ++others > limit
		else {
			bad = index(allowed[$2], letter) == 0 && !($2 == "rodata" && letter == "t" && index($1, rodata " ") == 1)
			count[$2 " " letter]++
		}
		if (bad && ++shown <= 20)
			print $0
	}
	END { for (both in count) print "count " both " " count[both] }' >/tmp/letters
equal "kinds fit the letters in /proc/kallsyms" "$(grep -v '^count' /tmp/letters)" ""
for border in "inittext b 1" "bss d 1" "text t $texts" "rodata r 20000" "percpu d 300"; do
	# shellcheck disable=SC2086 # its words
	set -- $border
	count=$(awk -v kind="$1" -v letter="$2" '$1 == "count" && $2 == kind && $3 == letter { print $4 }' /tmp/letters)
	case $1 in
	inittext | bss) check "$1 has no more than $3 of letter $2" test "${count:-0}" -le "$3" ;;
	*) check "$1 has $3 of letter $2 or more" test "${count:-0}" -ge "$3" ;;
	esac
done

insmod ./kallsyms_twin.ko
tests walks
rmmod kallsyms_twin
tests queries

# chosen WHAT QUERY EXPECTED TOTAL: test that QUERY finds the symbols in the file EXPECTED, out of
# TOTAL.
chosen() {
	chosen_what=$1 chosen_total=$4
	ask query "$2" >/tmp/answer
	sed '$d' /tmp/answer >/tmp/got.lines
	without_letter /tmp/got.lines >/tmp/got
	without_letter "$3" >/tmp/expected
	check "$chosen_what: the symbols" cmp /tmp/got /tmp/expected
	lines=$(wc -l </tmp/expected)
	equal "$chosen_what: the tally" "$(tail -n 1 /tmp/answer)" "agree $lines $lines $chosen_total"
}

vmlinux=$(grep -c -v '\]$' /tmp/proc)
all=$(wc -l </tmp/proc)
grep '	\[xfs\]$' /tmp/proc >/tmp/xfs
chosen "a module alone" "xfs - - -" /tmp/xfs "$(wc -l </tmp/xfs)"
grep ' xfs_buf_[^ ]*	\[xfs\]$' /tmp/xfs >/tmp/buf
chosen "names in a module" "xfs xfs_buf_* - -" /tmp/buf "$(wc -l </tmp/xfs)"
grep -v '\]$' /tmp/proc | grep ' tcp_v[46]_[^ ]*$' >/tmp/tcp
chosen "names in vmlinux" "vmlinux tcp_v[46]_* - -" /tmp/tcp "$vmlinux"
grep -E 'tcp_(sendmsg|recvmsg)(	|$)' /tmp/proc >/tmp/two
chosen "several patterns" "- *tcp_sendmsg,*tcp_recvmsg - -" /tmp/two "$all"
grep -E '	\[(nf_tables|xfs|dummy)\]$' /tmp/proc >/tmp/three
chosen "several modules" "dummy,[nx]f[_s]* - - -" /tmp/three "$(wc -l </tmp/three)"
grep '	\[xfs\]|text$' /tmp/all | cut -d '|' -f 1 >/tmp/text
chosen "a kind" "xfs - text -" /tmp/text "$(wc -l </tmp/xfs)"
equal "kinds agree with letters" "$(sed 's/^[0-9a-f]* \(.\).*/\1/' /tmp/text | sort -u)" t
ask query "- - - 5" >/tmp/answer
equal "a limit: what is shown" "$(sed '$d; s/|.*//; s/ . / /' /tmp/answer)" \
	"$(head -n 5 /tmp/proc | sed 's/ . / /')"
equal "a limit: the tally" "$(tail -n 1 /tmp/answer)" "agree 5 $all $all"

# A query that would take minutes ends with its process, and does not keep others from the list of
# modules.
awk 'BEGIN {
	printf "query - "
	for (i = 0; i < 1300; i++)
		printf "%s*no%d*", i ? "," : "", i
	print " - -"
}' >/tmp/line
dd if=/tmp/line of="$do" bs=64k 2>/dev/null &
query=$!
sleep 1
check "a query by 1300 patterns runs" kill -0 $query
check "a module can be removed meanwhile" timeout 20 modprobe -r dummy
kill -9 $query
sleep 2
check "SIGKILL ends the query" sh -c "! kill -0 $query"
wait $query

# What has no module: a kprobe at an instruction of its own, and one by ftrace.
mount -t tracefs none /sys/kernel/tracing 2>/dev/null
# An instruction begins at one of these.
for offset in 12 16 20 24 13 14 15 17 18 19 21 22 23; do
	(echo "p:inside vfs_read+$offset" >/sys/kernel/tracing/kprobe_events) 2>/dev/null && break
done
echo 'p:entry vfs_write' >>/sys/kernel/tracing/kprobe_events
echo 1 >/sys/kernel/tracing/events/kprobes/enable
grep '	\[\(bpf\|__builtin__ftrace\|__builtin__kprobes\)\]$' /proc/kallsyms | tr '[:upper:]' '[:lower:]' >/tmp/expected
check "$(wc -l </tmp/expected) symbols come and go without a module" test -s /tmp/expected
ask transient 1000 | tr '[:upper:]' '[:lower:]' >/tmp/got
check "the library has them in the same order" cmp /tmp/got /tmp/expected
ask transient 1 | tr '[:upper:]' '[:lower:]' >/tmp/got
check "one by one, too" cmp /tmp/got /tmp/expected
echo 0 >/sys/kernel/tracing/events/kprobes/enable
echo >/sys/kernel/tracing/kprobe_events

check "the test module can be removed" rmmod kallsyms_test

tap_end
