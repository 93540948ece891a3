#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# provokes: BUG: |Oops|Call Trace
#
# What the command says to those who do not know it yet: the rows of messages.table, and what takes
# more than a row.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

sysctl -q -w kernel.dmesg_restrict=1 kernel.kptr_restrict=0 kernel.panic_on_oops=0 kernel.panic_on_warn=0
chmod +x ./rust-kallsyms
ln -s /guest/rust-kallsyms /bin/rust-kallsyms
export NO_COLOR=1 PAGER=cat
version=$(sed -n 's/^MODULE_VERSION("\(.*\)");$/\1/p' version.c)
check "the module is loaded" insmod "$MODULE"
int_sqrt=$(awk '$3 == "int_sqrt" { print $1 }' /proc/kallsyms)

# has TEXT FILE: has a line of the file the text, in which `…` stands for anything?
# shellcheck disable=SC2317 # `check` calls it
has() {
	awk -v text="$1" '
		function fits(line, part, count, i, at) {
			count = split(text, part, "…")
			for (i = 1; i <= count; i++) {
				at = index(line, part[i])
				if (!at && part[i] != "")
					return 0
				line = substr(line, at + length(part[i]))
			}
			return 1
		}
		fits($0) { found = 1; exit }
		END { exit !found && text != "" }' "$2"
}

rows messages.table >/tmp/rows
skip_rows
while IFS= read -r row <&9; do
	words=${row%% => *}
	wanted=${row#* => }
	status=${wanted%% *}
	text=${wanted#"$status"}
	text=${text# }
	words=$(printf '%s\n' "$words" | sed "s/{int_sqrt}/$int_sqrt/")
	text=$(printf '%s\n' "$text" | sed "s/{version}/$version/g")
	eval "rust-kallsyms $words" >/tmp/said 2>&1
	got=$?
	if [ $got -eq "$status" ] && has "$text" /tmp/said; then
		tap 0 "$row"
	else
		tap 1 "$row"
		sed "s/^/# (status $got) /" /tmp/said
	fi
done 9</tmp/rows

# A call that hangs.
rust-kallsyms call 'msleep(25000)' >/tmp/said 2>&1 &
soon sh -c "rust-kallsyms calls | grep -q '^msleep '"
kill -INT $!
wait $!
equal "Ctrl-C: the status" $? 130
check "Ctrl-C: what becomes of the call" grep "msleep: interrupted, but it goes on; until it returns, the module cannot be removed" /tmp/said
check "rmmod says that the module is used" sh -c "! rmmod rust_kallsyms 2>/tmp/said"
rust-kallsyms calls >/tmp/said
check "calls: what still runs" grep -E '^msleep  [0-9]+ s  pid [0-9]+  abandoned$' /tmp/said
check "calls: where it is" grep -E '^    msleep\+0x' /tmp/said
check "calls: JSON" sh -c "rust-kallsyms --json calls | grep '\"stack\":\\[\"[a-z_]*+0x'"
check "the module goes when it has returned" soon rmmod rust_kallsyms

# What the log says.
# logged: print the module's last line.
logged() { dmesg | sed -n '$s/.*\] rust_kallsyms: //p'; }
refuses "insmod: arguments after the name" EINVAL \
	"rust_kallsyms: sym_name: column 9: arguments are a parameter of their own: sym_name=int_sqrt args='144'" \
	"sym_name=int_sqrt(144)"
insmod "$MODULE"
answer call 'int_sqrt(1, 2)' >/dev/null
equal "the log repeats the expression" "$(logged)" \
	"call: column 13: one argument too many for \`unsigned long int_sqrt(unsigned long x)\`; in \`int_sqrt(1, 2)\`"
answer call 'pid_vnr(find_vpi(1))' >/dev/null
equal "also of an error without a column there" "$(logged)" \
	"find_vpi: no such symbol; nearest: find_vpid, find_vma; in \`pid_vnr(find_vpi(1))\`"
long="$(printf '%0100d' 0 | tr 0 ' ') int_sqrt(1, 2) + $(printf '%0200d' 0)"
answer call "$long" >/dev/null
check "of a long one, from the column" sh -c \
	"dmesg | tail -n 1 | grep 'in \`\\.\\.\\.2) + 0*\\.\\.\\.\`\$'"
exec 3<>"$files/call"
echo 'int_sqrt(1, 2)' >&3 2>/dev/null
check "the file has the error alone" grep -v 'in `' <&3
exec 3>&-
check "the module goes" rmmod rust_kallsyms

tap_end
