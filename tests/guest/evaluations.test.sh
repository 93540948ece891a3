#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# Expressions on the stock kernel, from evaluations.table, whose values are known without the
# module.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

# It is a module of its own in some kernels.
modprobe -q crc16
insmod "$MODULE"
sleep 100000 &
pid=$!
exec 3<>/sys/kernel/debug/rust_kallsyms/call

rows evaluations.table >/tmp/rows
skip_rows
while IFS= read -r line; do
	expression=${line%% => *}
	expected=${line#* => }
	while :; do
		case $expression in
		*@pid@*) expression=${expression%%@pid@*}$pid${expression#*@pid@} ;;
		*) break ;;
		esac
	done
	if printf '%s\n' "$expression" >&3 2>/dev/null; then
		value=
		IFS= read -r value <&3
	else
		value=$(last_error)
	fi
	# shellcheck disable=SC2016 # the text is meant
	case $expected in
	*'$('*)
		command=${expected#*'$('}
		command=${command%')'*}
		after=${expected##*')'}
		expected=${expected%%'$('*}$(eval "$command")$after
		;;
	esac
	# Errors, and values that end with dots, are compared as far as the table has them.
	case $expected in
	*…)
		expected=${expected%…}
		[ "${value#"$expected"}" = "$value" ] || value=$expected
		;;
	'call: '*) [ "${value#"$expected"}" = "$value" ] || value=$expected ;;
	esac
	equal "$expression" "$value" "$expected"
done </tmp/rows
exec 3<&-
kill $pid
check "the module goes" rmmod rust_kallsyms

tap_end
