# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# TAP for tests that run in a guest: a test sources this file and ends with `tap_end`.

dmesg -n 1
tap_number=0
tap_failed=0

# The directory of the live files.
files=/sys/kernel/debug/rust_kallsyms
# A function in entry text and one in noinstr text.
# shellcheck disable=SC2034 # the tests that source this use them
entry=entry_SYSCALL_64 noinstr=do_syscall_64
# shellcheck disable=SC2034
[ "$(uname -m)" = x86_64 ] || entry=ret_to_user noinstr=el0t_64_sync_handler

# tap STATUS WHAT: print the result of one test.
tap() {
	tap_number=$((tap_number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_number - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_number - $2"
	fi
}

# skip WHAT WHY: print that a test is skipped.
skip() {
	tap 0 "$1 # SKIP $2"
}

# check WHAT COMMAND...: test that COMMAND succeeds.
check() {
	tap_what=$1
	shift
	"$@" >/tmp/check 2>&1
	tap_status=$?
	tap $tap_status "$tap_what"
	[ $tap_status -eq 0 ] || sed 's/^/# /' /tmp/check
	return $tap_status
}

# equal WHAT ACTUAL EXPECTED: test that both are the same.
equal() {
	[ "$2" = "$3" ]
	tap $? "$1"
	[ "$2" = "$3" ] || printf '# got:      %s\n# expected: %s\n' "$2" "$3"
}

# soon COMMAND...: repeat COMMAND until it succeeds, for at most a minute.
soon() {
	for _ in $(seq 300); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.2
	done
	return 1
}

# answer FILE TEXT: open a live file, write TEXT, and print the answer; fail if the file refuses
# TEXT.
answer() {
	exec 3<>"$files/$1"
	printf '%s\n' "$2" >&3 2>/dev/null && cat <&3
	answer_status=$?
	exec 3>&-
	return $answer_status
}

# last_error: print the last line that the module has logged, without the request that it repeats.
# shellcheck disable=SC2016 # these are back quotes of the log
last_error() { dmesg | sed -n '$ { s/; in `.*`$//; s/.*\] rust_kallsyms: //p; }'; }

# log COMMAND...: run COMMAND, and write what the kernel logs meanwhile to /tmp/log, without times.
log() {
	dmesg -c >/dev/null
	"$@" >/tmp/output 2>&1
	log_status=$?
	dmesg | sed 's/^\[[^]]*\] //' >/tmp/log
	return $log_status
}

# tap_insmod STATUS WHAT: print the result of a test of insmod; if it failed, also insmod's output
# and the log. Remove the module.
tap_insmod() {
	tap "$1" "$2"
	[ "$1" -eq 0 ] || sed 's/^/# /' /tmp/output /tmp/log
	rmmod rust_kallsyms 2>/dev/null
	return "$1"
}

# loads WHAT LINE PARAMETER...: test that insmod succeeds and that the module logs LINE (a basic
# regular expression for a whole line). Remove the module.
loads() {
	loads_what=$1 loads_line=$2
	shift 2
	log insmod "$MODULE" "$@" && grep -q -x "$loads_line" /tmp/log
	tap_insmod $? "$loads_what"
}

# inside ADDRESS: print ADDRESS + 5. (Numbers in a shell end at 2^63.)
inside() {
	inside_rest=${1#?}
	printf '0x%s%015x\n' "${1%"$inside_rest"}" $((0x$inside_rest + 5))
}

# words ERRNO: print how insmod describes it; kmod has its own descriptions for some.
words() {
	case $1 in
	EPERM) echo "Operation not permitted" ;;
	ENOENT) echo "Unknown symbol in module" ;;
	ENOMEM) echo "Cannot allocate memory" ;;
	EFAULT) echo "Bad address" ;;
	EBUSY) echo "Device or resource busy" ;;
	EINVAL) echo "Invalid parameters" ;;
	ERANGE) echo "Numerical result out of range" ;;
	ENOTUNIQ) echo "Name not unique on network" ;;
	E2BIG) echo "Argument list too long" ;;
	EACCES) echo "Permission denied" ;;
	ENODATA) echo "No data available" ;;
	EIO) echo "Input/output error" ;;
	EPROTOTYPE) echo "Protocol wrong type for socket" ;;
	EOPNOTSUPP) echo "Operation not supported" ;;
	*) echo "tap.sh has no words for $1" ;;
	esac
}

# refuses WHAT ERRNO LINE PARAMETER...: test that insmod fails with ERRNO, that the module logs
# exactly one line (the kernel's line about it begins with a quote), which matches LINE, and that
# the module is not loaded afterwards.
refuses() {
	refuses_what=$1 refuses_error=$(words "$2") refuses_line=$3
	shift 3
	! log insmod "$MODULE" "$@" && grep -q ": $refuses_error\$" /tmp/output &&
		grep -q -x "$refuses_line" /tmp/log &&
		[ "$(grep -c '^rust_kallsyms: [^`]' /tmp/log)" = 1 ] &&
		! grep -q '^rust_kallsyms ' /proc/modules
	tap_insmod $? "$refuses_what"
}

# rows TABLE: print the rows for this guest; tests/README.md describes their conditions. The other
# rows go to /tmp/skipped, except those for which this guest has a row with the same left side.
rows() {
	awk -v machine="$(uname -m)" -v release="$(uname -r)" '
	function left(row) {
		return substr(row, 1, (index(row, " => ") ? index(row, " => ") : index(row, ") = ") + 1) - 1)
	}
	function version(text, part) {
		split(text, part, /[^0-9]+/)
		return part[1] * 1000 + part[2]
	}
	function holds(word) {
		if (sub(/^!/, "", word))
			return !holds(word)
		if (sub(/^>=/, "", word))
			return version(release) >= version(word)
		if (sub(/^</, "", word))
			return version(release) < version(word)
		return word == machine || index(words_of_release, "-" word "-")
	}
	BEGIN { words_of_release = "-" release "-"; gsub(/[+]/, "-", words_of_release) }
	/^(#|$)/ { next }
	{ row = $0; meant = 1; words = "" }
	/^\[[^]]+\] / {
		words = substr(row, 2, index(row, "]") - 2)
		row = substr(row, length(words) + 4)
		count = split(words, word, " ")
		for (i = 1; i <= count; i++)
			meant = meant && holds(word[i])
	}
	meant { print row; here[left(row)] = 1; next }
	{ other[++others] = left(row); why[others] = words }
	END {
		for (i = 1; i <= others; i++)
			if (!(other[i] in here))
				print other[i] "\037" why[i] >"/tmp/skipped"
	}' "$1"
}

# skip_rows: skip the rows that the last `rows` has written to /tmp/skipped.
skip_rows() {
	touch /tmp/skipped
	while IFS=$(printf '\037') read -r skip_row skip_words; do
		skip "$skip_row" "for $skip_words only"
	done </tmp/skipped
	rm /tmp/skipped
}

# For tables, whose rows must not take long: `attempt` or `attempt_write` for each row, and then
# `judge` once for all. An insmod takes much longer than a write to a loaded module's parameter, so
# most rows are tried by a write.

# by_write NUMBER PARAMETER...: is this row to be tried by a write? Not every eighth row, nor a row
# with more than a function's name, arguments and prototype, nor one with quotes or spaces, which
# mean something else to insmod.
by_write() {
	[ $(($1 % 8)) -ne 0 ] && [ ${#3} -lt 2000 ] || return 1
	case $#:$2:${3-args=} in
	*' '* | *':args="' | 2:sym_name=:*) return 1 ;;
	[234]:sym_name=*:args=*) ;;
	*) return 1 ;;
	esac
	case ${4-sig=none} in
	sig=?*) return 0 ;;
	esac
	return 1
}

# attempt_begin: from now on, output and log belong to the next row.
attempts=0
attempt_begin() {
	[ $attempts -gt 0 ] || echo on >/proc/sys/kernel/printk_devkmsg
	attempts=$((attempts + 1))
	printf '@%s\n' $attempts >>/tmp/attempts
	printf '@%s\n' $attempts >/dev/kmsg
}

# between_attempts COMMAND...: run COMMAND; what the kernel logs meanwhile does not belong to a row.
between_attempts() {
	printf '@0\n' >/dev/kmsg
	"$@"
}

# attempt_write sym_name=NAME [args=ARGUMENTS [sig=PROTOTYPE]]: make the call through the loaded
# module's parameters; keep the error, what the kernel logs, and the taint flags.
attempt_write() {
	attempt_begin
	attempt_args=${2-} attempt_sig=${3-}
	printf '%s\n' "${attempt_args#args=}" >/sys/module/rust_kallsyms/parameters/args
	printf '%s\n' "${attempt_sig#sig=}" >/sys/module/rust_kallsyms/parameters/sig
	# (Reading from a file, busybox's cat writes again when a write fails.)
	printf '%s' "${1#sym_name=}" | cat 2>>/tmp/attempts >/sys/module/rust_kallsyms/parameters/sym_name
	attempt_state=goes
	[ ! -d /sys/module/rust_kallsyms ] || attempt_state=stays
	printf 'the module %s; tainted: %s\n' $attempt_state "$(cat /proc/sys/kernel/tainted)" >>/tmp/attempts
}

# attempt PARAMETER...: run insmod; keep its output, what the kernel logs, whether the module is
# loaded afterwards, and the taint flags. Remove the module.
attempt() {
	attempt_begin
	insmod "$MODULE" "$@" >>/tmp/attempts 2>&1
	attempt_state=absent
	if [ -d /sys/module/rust_kallsyms ]; then
		attempt_state=loaded
		rmmod rust_kallsyms 2>>/tmp/attempts
	fi
	printf 'the module is %s; tainted: %s\n' $attempt_state "$(cat /proc/sys/kernel/tainted)" >>/tmp/attempts
}

# judge PROGRAM FILE: run an awk program for each attempt, and print the result of a test. The
# program gets the line of FILE in `line`, the log in `log_` (without times), and in `output` what
# the attempt has kept, with errors as insmod describes them. It sets `good`, and may change `what`,
# the test's name.
judge() {
	dmesg | sed 's/^\[[^]]*\] //' >/tmp/log
	awk '
	FNR == 1 { file++; number = 0 }
	file == 1 { lines[FNR] = $0; next }
	/^@[0-9]+$/ { number = substr($0, 2); next }
	file == 2 { logs[number] = logs[number] $0 "\n" }
	file == 3 {
		sub(/Invalid argument$/, "Invalid parameters")
		sub(/No such file or directory$/, "Unknown symbol in module")
		outputs[number] = outputs[number] $0 "\n"
	}
	END {
		for (i = 1; i in lines; i++) {
			line = lines[i]; log_ = logs[i]; output = outputs[i]; good = 0; what = line
			'"$1"'
			print (good ? "ok " : "not ok ") i + '$tap_number' " - " what
			if (!good) {
				text = output log_
				gsub(/\n/, "\n# ", text)
				print "# " text
				failed++
			}
		}
		exit failed > 0
	}' "$2" /tmp/log /tmp/attempts || tap_failed=1
	tap_number=$((tap_number + attempts))
	equal "every line is judged" "$(grep -c . "$2")" $attempts
}

# tap_end: print the plan, and exit with the script's status.
tap_end() {
	echo "1..$tap_number"
	exit "$tap_failed"
}
