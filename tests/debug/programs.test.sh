#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
# flavour: kasan
#
# Programs walk over lists that change all the while: processes, their threads and files, and
# modules. Some are ended by their limit of time or by a signal. Nothing leaks, and no lock is taken
# in a wrong order.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh
# shellcheck source=tests/debug/debug.sh
. ./debug.sh

# churn COMMAND...: repeat it until the file /tmp/done is there.
churn() {
	while [ ! -e /tmp/done ]; do "$@"; done
}

# shellcheck disable=SC2317,SC2329 # `churn` calls them
processes() { (true | cat | cat) </dev/null >/tmp/copied; }
# shellcheck disable=SC2317,SC2329
modules() { modprobe dummy && rmmod dummy; }

# right TURNS PROGRAM: ask for PROGRAM as many times; print how often its last line is a number.
right() {
	turns=$1 numbers=0
	while [ "$turns" -gt 0 ]; do
		case $(answer call "$2" 2>/dev/null | tail -n 1) in
		'' | *[!0-9]*) ;;
		*) numbers=$((numbers + 1)) ;;
		esac
		turns=$((turns - 1))
	done
	echo $numbers
}

insmod "$MODULE"
answer call 'n = 0; for_each_process(t) n++; n' >/tmp/first
modules
leaks_begin
churn processes &
first=$!
churn modules 2>/dev/null &
second=$!

equal "processes, by name" "$(right 100 'n = 0; for_each_process(t) { n += t->comm[0] != 0; } n')" 100
equal "threads and their memory" \
	"$(right 50 'n = 0; for_each_process(p) for_each_thread(p, t) if (t->mm) n += t->mm->total_vm; n')" 50
equal "modules" "$(right 50 'n = 0; list_for_each_entry(struct module *m, &modules, list) { x = m->name; n++; } n')" 50
equal "calls" "$(right 20 's = 0; for (i = 0; i < 100; i++) s += int_sqrt(i); s')" 20
equal "memory of its own" "$(right 20 's = 0; for (i = 0; i < 100; i++) { int v[4]; v[0] = i; s += v[0]; } s')" 20
answer call 'timeout=1 x = 0; while (1) x++;' >/dev/null 2>&1
check "a program that does not end, and its limit of time" expr "$(last_error)" : '.*: the time is over'
killed=0
for _ in 1 2 3 4 5; do
	{ answer call 'n = 0; while (1) for_each_process(t) n += t->comm[0] != 0;' >/dev/null 2>&1; } &
	sleep 1
	# It fails if the program has ended.
	kill -9 $! && killed=$((killed + 1))
	wait $! 2>/dev/null
done
equal "one that was killed had not ended, five times" $killed 5
equal "and leaves nothing open" "$(answer call 'int_sqrt(144)' | head -n 1)" 12

touch /tmp/done
wait $first $second
check "the module goes" rmmod rust_kallsyms
no_leaks
lockdep_is_on

tap_end
