#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# provokes: BUG: |Oops|Call Trace
#
# The samples of README.md and docs/ are true: language.md, install.md, library.md, design.md,
# bench.md, kernels.md, command.md, packaging.md, reference.md.
#
# A block that begins with three back quotes and `console` is a session: it runs what follows `# `,
# and the other lines are what that prints. (Below insmod are also the new lines of the log.) In a
# block that begins with `c`, each line is evaluated; its answer stands after `// = `. `…` stands
# for anything: in a line for any text, alone in a line for any lines. Addresses, sizes of code,
# times and the kernel's release may be others.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

case $(uname -m)-$(uname -r) in
x86_64-7.3.*) ;;
*)
	skip "the samples" "they are of a kernel 7.3 for amd64"
	tap_end
	;;
esac

sysctl -q -w kernel.kptr_restrict=0 kernel.panic_on_oops=0 kernel.panic_on_warn=0
chmod +x ./rust-kallsyms
ln -s /guest/rust-kallsyms /bin/rust-kallsyms
pages=$(echo README.md ./*.md | tr ' ' '\n' | sed 's,^\./,,' | sort -u)

# A file for each sample: PAGE-LINE.console and PAGE-LINE.c.
mkdir /tmp/samples
for page in $pages; do
	awk -v to="/tmp/samples/${page%.md}" '
		/^```(console|c)$/ { file = sprintf("%s-%04d.%s", to, NR, substr($0, 4)); next }
		/^```/ { file = ""; next }
		file { print >file }' "$page"
done

# insmod ARGUMENT...: load the module anew, and print what it logs.
insmod() {
	# (A call that was abandoned may still hold it.)
	[ ! -d /sys/module/rust_kallsyms ] || soon rmmod rust_kallsyms
	dmesg -c >/dev/null
	command insmod "$@"
	insmod_status=$?
	dmesg | sed -n 's/^\[[^]]*\] \(rust_kallsyms: \)/\1/p'
	return $insmod_status
}

# alike GOT WANTED: are the files alike, but for what may be different?
# shellcheck disable=SC2317 # `check` calls it
alike() {
	for alike_file in "$1" "$2"; do
		sed -E "s/[0-9a-f]{16}/ADDRESS/g; s/0x[0-9a-f]+ bytes/SIZE bytes/g; s/\] 0x[0-9a-f]+/] SIZE/g
			s/[0-9]+ ns/TIME ns/g; s/7\.3\.4\+deb13-cloud-amd64/$(uname -r)/g" "$alike_file" >"$alike_file.alike"
	done
	awk '
		# fits LINE WANTED: is it the line that is wanted, with anything for each `…`?
		function fits(line, wanted, part, count, i, at) {
			count = split(wanted, part, "…")
			if (count < 2)
				return line == wanted
			if (index(line, part[1]) != 1)
				return 0
			line = substr(line, length(part[1]) + 1)
			for (i = 2; i < count; i++) {
				at = index(line, part[i])
				if (!at)
					return 0
				line = substr(line, at + length(part[i]))
			}
			return length(line) >= length(part[count]) && substr(line, length(line) - length(part[count]) + 1) == part[count]
		}
		FNR == NR { got[++lines] = $0; next }
		{ wanted[++all] = $0 }
		END {
			at = 1
			for (i = 1; i <= all; i++) {
				if (wanted[i] == "…") {
					any = 1
					continue
				}
				while (any && at <= lines && !fits(got[at], wanted[i]))
					at++
				any = 0
				if (at > lines || !fits(got[at], wanted[i])) {
					print "wanted: " wanted[i]
					print "printed: " got[at]
					exit 1
				}
				at++
			}
			if (!any && at <= lines) {
				print "also printed: " got[at]
				exit 1
			}
		}' "$1.alike" "$2.alike"
}

# evaluate COMMAND: run it in this shell, so that it can open files and change the directory.
evaluate() { eval "$1" >/tmp/got 2>&1; }

# end_command: compare what the last command has printed.
end_command() {
	[ -n "$typed" ] || return 0
	evaluate "$typed"
	check "$sample: $typed" alike /tmp/got /tmp/wanted || sed 's/^/# | /' /tmp/got
	typed=''
	: >/tmp/wanted
}

# session FILE: run the commands of a sample.
session() {
	cd /guest || exit
	[ -d /sys/module/rust_kallsyms ] || command insmod "$MODULE"
	typed=''
	: >/tmp/wanted
	while IFS= read -r line <&9; do
		case $line in
		'# '*)
			end_command
			typed=${line#??}
			;;
		*) printf '%s\n' "$line" >>/tmp/wanted ;;
		esac
	done 9<"$1"
	end_command
	exec 3>&-
}

# expressions FILE: evaluate each line of a sample.
expressions() {
	[ -d /sys/module/rust_kallsyms ] || command insmod "$MODULE"
	while IFS= read -r line <&9; do
		[ -n "$line" ] || continue
		text=$(printf '%s\n' "$line" | sed 's, *// .*,,')
		exec 3<>"$files/call"
		printf '%s\n' "$text" >&3 2>/dev/null
		status=$?
		cat <&3 >/tmp/got
		exec 3>&-
		check "$sample: $text" test "$status" -eq 0 || sed 's/^/# | /' /tmp/got
		case $line in
		*' // = '*)
			printf '%s\n' "${line##* // = }" >/tmp/wanted
			head -n 1 /tmp/got >/tmp/first
			check "$sample: $text is ${line##* // = }" alike /tmp/first /tmp/wanted
			;;
		esac
	done 9<"$1"
}

for file in /tmp/samples/*.console /tmp/samples/*.c; do
	[ -e "$file" ] || continue
	sample=$(basename "$file" | sed 's/-0*\([0-9]*\)\..*/.md:\1/')
	case $file in
	*.console) session "$file" ;;
	*.c) expressions "$file" ;;
	esac
done
cd /guest || exit
for page in README.md language.md reference.md; do
	check "$page has samples" ls /tmp/samples/"${page%.md}"-*
done
soon rmmod rust_kallsyms

tap_end
