#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
# timeout: 900
#
# The library's walks and queries against /proc/kallsyms.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/guest/library.sh
. ./library.sh

# like_proc: /proc/kallsyms without what comes and goes while the kernel runs, which the library's walks
# leave out: it is of no module and not of vmlinux.
like_proc() {
	grep -v '	\[\(bpf\|__builtin__ftrace\|__builtin__kprobes\)\]$' /proc/kallsyms
}

modprobe -a dummy xfs cifs nf_tables bridge veth vxlan wireguard ipvlan macvlan overlay squashfs
insmod ./callee.ko
check "the test module loads" insmod ./kallsyms_test.ko || tap_end
check "there are ten modules or more" test "$(wc -l </proc/modules)" -gt 10

# without_letter FILE: its lines of /proc/kallsyms or of the fixture, without the letter and the kind.
without_letter() {
	cut -d '|' -f 1 "$1" | cut -c 1-17,20-
}

# All of it, in the same order.
ask all >/tmp/all
like_proc >/tmp/proc
without_letter /tmp/proc >/tmp/expected
without_letter /tmp/all >/tmp/got
check "everything is $(wc -l </tmp/expected) lines" test "$(wc -l </tmp/expected)" -gt 190000
check "each of its addresses, names and modules is that of /proc/kallsyms" cmp /tmp/got /tmp/expected

# A module's letters are the kernel's own. Those of vmlinux are made from kinds, and /proc/kallsyms has
# them from nm(1), which knows the sections of a file by their flags. These are all the differences:
#  - w and v are weak functions and data;
#  - rodata is d where the linker keeps relocated data (.rodata and the tables in it are writable to it);
#  - data is t, because some input of .data is marked executable, and so all of it is;
#  - __init_begin, the border before inittext, and __nosave_end, the one before bss, are of the section before; so are
#    the borders of empty parts at the end of text (t) that lie where rodata begins;
#  - initdata is what is freed with it: exit text of drivers that cannot be removed (t), tables (r);
#  - other are the few borders that lie in no section; on arm64 also what runs with other page tables: trampolines, the
#    identity map, what the hypervisor only reads.
#
# After the bad lines: how often a kind has a letter, for those that have a limit.
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
equal "kinds and letters are those of /proc/kallsyms" "$(grep -v '^count' /tmp/letters)" ""
for border in "inittext b 1" "bss d 1" "text t $texts" "rodata r 20000" "percpu d 300"; do
	# shellcheck disable=SC2086 # its words
	set -- $border
	count=$(awk -v kind="$1" -v letter="$2" '$1 == "count" && $2 == kind && $3 == letter { print $4 }' /tmp/letters)
	case $1 in
	inittext | bss) check "$1 has no more than $3 of letter $2" test "${count:-0}" -le "$3" ;;
	*) check "$1 has $3 of letter $2 or more" test "${count:-0}" -ge "$3" ;;
	esac
done

tests walks
tests queries

# chosen WHAT QUERY EXPECTED TOTAL: the query's symbols are the lines of the file, of so many in all.
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
chosen "names of a module" "xfs xfs_buf_* - -" /tmp/buf "$(wc -l </tmp/xfs)"
grep -v '\]$' /tmp/proc | grep ' tcp_v[46]_[^ ]*$' >/tmp/tcp
chosen "names of vmlinux" "vmlinux tcp_v[46]_* - -" /tmp/tcp "$vmlinux"
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

check "the test module can be removed" rmmod kallsyms_test

tap_end
