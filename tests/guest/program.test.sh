#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Programs: the examples of docs/language.md, what they print, and where they end.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

check "insmod" insmod "$MODULE"

# first PROGRAM: the first line of its answer, or what the log says of it.
first() { lines "$1" | head -n 1; }

# lines PROGRAM: the whole answer, or what the log says of it.
lines() { answer call "$1" 2>/dev/null || last_error; }

tab=$(printf '\t')

equal "an expression" "$(first 'find_task_by_vpid(1)->comm')" '"init"'
equal "a variable" "$(first 'init_task.comm')" '"swapper/0"'
equal "a variable's member by its address" "$(first '(&init_task)->pid')" 0
equal "the process that asks" "$(first 'current->pid' | grep -c '^[0-9]')" 1
equal "a variable that is a structure" "$(first sys_tz)" '(struct timezone){ .tz_minuteswest = 0, .tz_dsttime = 0 }'
check "a variable that is text" sh -c "echo '$(first linux_banner)' | grep -q \"^.Linux version $(uname -r) \""
equal "a variable that is an array" "$(answer call avenrun | sed -n 2p)" "unsigned long [3]"
loadavg() { sed 's/\.[0-9]* / /g; s/ [0-9]*\/.*/ /' /proc/loadavg; }
before=$(loadavg) is=$(lines 'for (i = 0; i < 3; i++) (avenrun[i] + 10) / 2048' | tr '\n' ' ') after=$(loadavg)
check "its elements, as /proc has them" sh -c "[ '$is' = '$before' ] || [ '$is' = '$after' ]"
equal "an element that it has not" "$(first 'avenrun[3]' | cut -d ' ' -f 2-)" \
	"column 8: the array has 3 elements, numbered from 0"
equal "some of its elements" "$(answer call 'avenrun@2' | sed -n 2p)" "unsigned long [2]"
check "jiffies" [ "$(first 'jiffies / HZ')" -gt 0 ]

equal "columns" "$(lines 't = find_task_by_vpid(1); t->pid, t->comm')" "1${tab}\"init\""
equal "locals" "$(lines 'x = 5; x += 2; x++; x, x * 2; int a = x; a--; a')" "8${tab}16
7"
equal "constants that are macros" "$(lines 't = find_task_by_vpid(2); t->flags & PF_KTHREAD; VM_READ | VM_WRITE; /x S_IALLUGO; SOCK_STREAM, IFF_UP, TCP_LISTEN')" "2097152
3
0xfff
1${tab}1${tab}10"
equal "a loop" "$(lines 'for (i = 0; i < 3; i++) i')" "0
1
2"
equal "while, break, continue" "$(lines 'i = 0; while (1) { i++; if (i == 2) continue; if (i > 3) break; i }')" "1
3"
equal "nothing to print" "$(lines 'x = 5;')" ""
equal "comments and several lines" "$(lines 'x = 1; // one
x + // and
 1')" 2
equal "a call a thousand times" "$(lines 's = 0; for (i = 0; i < 1000; i++) s += int_sqrt(i); s')" 20584
equal "a truth is not the value that it is of" "$(first 'find_vpid(99999) && 1')" 0
# shellcheck disable=SC2016 # the module writes the backquotes
equal "a pointer in doubt at one turn only" \
	"$(lines 't = find_task_by_vpid(1); for (i = 0; i < 2; i++) { p = i ? (struct task_struct *)(void *)t : t; task_prio(p->group_leader) }' | sed 's/.*: //' | tail -n 1)" \
	'only a cast says what this points to; unsafe passes a `struct task_struct *` on'
equal "a container of another type at each turn" \
	"$(lines 'p = find_vpid(1); t = find_task_by_vpid(1); for (i = 0; i < 2; i++) { auto x = i ? p : t; container_of(&x->rcu, typeof(*x), rcu) == x }')" "1
1"
# shellcheck disable=SC2016 # no variable of the shell
equal "a structure of an earlier value, often" "$(exec 3<>"$files/call" && echo 'tnum_const(5)' >&3 && cat <&3 >/dev/null &&
	echo 'for (i = 0; i < 3000; i++) s = $1.value; s' >&3 2>/dev/null
	cat <&3)" 5
equal "braces in a loop's condition, often" \
	"$(lines 'i = 0; while (tnum_in({ .value = 1 }, { .value = 1 }) && i++ < 30000); i')" 30001
# shellcheck disable=SC2016
equal "a slice that is longer than its array" "$(lines '__bitmap_set(avenrun@4, 0, 0)' | sed 's/.*: //')" \
	'this was computed, and may point anywhere; unsafe passes a `unsigned long *` on'
equal "what two calls in a turn return" "$(lines 'for (i = 0; i < 2; i++) int_sqrt(16 * i), int_pow(i, 2), int_sqrt(i)')" \
	"0${tab}0${tab}0
4${tab}1${tab}1"
equal "structures that a call in a loop returns" "$(lines 'for (i = 0; i < 2; i++) tnum_const(i)')" \
	"(struct tnum){ .value = 0, .mask = 0 }
(struct tnum){ .value = 1, .mask = 0 }"
equal "what a call in a loop lends, after each" "$(lines 'int r; for (i = 0; i < 2; i++) { r = i; kstrtoint("7", 10, out); }')" \
	"0, res = 7
0, res = 7"
equal "what a call lends is lent again" \
	"$(lines 'int r; for (i = 0; i < 3000; i++) e = kstrtoint("42", 10, &r); r')" 42
equal "a local's address" "$(lines 'int i = 0; kstrtoint("42", 10, &i); i')" "0
42"
equal "an array" "$(lines 'unsigned long v[3]; v[1] = 7; v[0], v[1]; v')" "0${tab}7
{ 0, 7, 0 }"
equal "sizeof an array, its elements and pointers to them" \
	"$(lines 'unsigned long v[3]; char c[5]; sizeof(v), sizeof v[0], sizeof(*v), sizeof(v + 0), sizeof(&v), sizeof(*&v), sizeof(c), sizeof(c + 0)')" \
	"24${tab}8${tab}8${tab}8${tab}8${tab}24${tab}5${tab}8"
equal "an array as a pointer" "$(lines 'long v[3]; v[1] = 7; *(v + 1), (*&v)[1], v + 1 == &v[1], &v[2] - v; p = v; p[2] = 9; v[2], sizeof(p)')" \
	"7${tab}7${tab}1${tab}2
9${tab}8"
equal "an array of the type of another" "$(lines 'int v[3]; typeof(v) w[2]; sizeof(w)')" 24
equal "an element after the end" "$(lines 'long v[3]; v[3] = 1' | sed 's/.*: //')" \
	"the array has 3 elements, numbered from 0"
# shellcheck disable=SC2016 # the module writes the backquotes
equal "an array is not assigned to" "$(lines 'long v[3]; v = 1' | sed 's/.*: //')" \
	'a `int` cannot be kept as a `long [3]`; a cast makes it one'
equal "a variable that is an array, in a program" \
	"$(lines 'p = avenrun; sizeof(avenrun), sizeof(p), p == &avenrun[0], avenrun + 1 == p + 1')" "24${tab}8${tab}1${tab}1"
# shellcheck disable=SC2016 # no variable of the shell
equal "an array of an earlier line" "$(exec 3<>"$files/call" && echo linux_banner >&3 && cat <&3 >/dev/null &&
	echo '$1[0]' >&3 && head -n 1 <&3)" 76
equal "a structure" "$(lines 'struct list_head h; h.next = &h; h.next == &h')" 1
equal "sizeof a value" "$(lines 'p = find_vpid(1); sizeof(*p) == sizeof(struct pid)')" 1
equal "container_of" "$(lines 'p = find_vpid(1); container_of(&p->level, struct pid, level) == p')" 1

count() { lines "$1" | wc -l; }
check "all processes" [ "$(count 'for_each_process(t) t->pid')" -gt 10 ]
equal "two ways to all processes" \
	"$(lines 'list_for_each_entry(struct task_struct *t, &init_task.tasks, tasks) t->comm' | grep -c '^"init"$')" \
	"$(lines 'for_each_process(t) t->comm' | grep -c '^"init"$')"
equal "a filter" "$(lines 'for_each_process(t) if (t->pid == 1) t->pid, t->comm')" "1${tab}\"init\""
equal "a pointer without doubt" "$(lines 'for_each_process(t) if (t->pid == 1) task_pid_nr_ns(t, &init_pid_ns)' |
	grep -c .)" 1
equal "network devices" "$(lines 'for_each_netdev(&init_net, d) d->name' | head -n 1)" '"lo"'
equal "file systems" "$(lines 'hlist_for_each_entry(struct file_system_type *f, &file_systems, list) f->name' | tr -d '"')" \
	"$(cut -f 2 /proc/filesystems)"
equal "CPUs" "$(lines 'for_each_online_cpu(cpu) cpu' | wc -l)" "$(grep -c ^processor /proc/cpuinfo)"
equal "resources" "$(lines 'for (r = iomem_resource.child; r; r = r->sibling) r->name')" \
	"$(sed -n 's/^[^ ].* : \(.*\)/"\1"/p' /proc/iomem)"

equal "a read that fails in a loop" "$(lines 'for (i = 0; i < 2; i++) i, unsafe *(int *)(8 + i)')" "0${tab}<fault>
1${tab}<fault>"
equal "a list in a circle" \
	"$(lines 'struct list_head a, b; a.next = &b; b.next = &b; list_for_each_entry(struct list_head *p, &a, next) 1' |
		tail -n 1 | sed 's/.*: //')" "this list runs in a circle"
equal "a time limit" "$(lines 'timeout=1 while (1);' | sed 's/ after .*//')" "call: column 11: the time is over"
equal "only locals are assigned to" "$(lines 'init_task.pid = 5')" \
	"call: column 15: only locals are assigned to, and their members and elements"
equal "nor written through pointers" "$(lines 'p = find_vpid(1); p[0].level = 5' | sed 's/.*: only/only/')" \
	"only locals are assigned to; functions write the kernel's memory"
equal "hexadecimal" "$(lines '/x 255, 16')" "0xff${tab}0x10"

equal "a module's data by a cast" "$(modprobe loop max_part=7 && lines '*(int *)&loop:max_part')" "7
int
0 ns"
equal "a module's data very often" "$(lines 'for (i = 0; i < 200000; i++) x = *(int *)&loop:max_part; x')" 7
equal "data of a module that is too small" "$(lines '*(long *)&loop:max_part')" \
	"call: column 2: \`long *\`: max_part has 4 bytes, not 8"
equal "and too large" "$(lines '*(short *)&loop:max_part' | sed 's/;.*//')" \
	"call: column 2: \`short *\`: max_part has 4 bytes, and this 2"
equal "a slice of text" "$(first '*find_task_by_vpid(1)->comm@4')" '"init"'
equal "a string is whole" "$(first 'kasprintf(GFP_KERNEL, "%1000d", 7)' | wc -c)" 1003
equal "a function is a value" "$(lines 'f = int_sqrt; f == &int_sqrt, f == gcd')" "1${tab}0"
equal "addresses with their symbols" "$(first '/a int_sqrt' | sed 's/.*</</')" "<int_sqrt>"
equal "what a function wrote, as addresses" "$(lines 't = find_task_by_vpid(2); /a stack_trace_save_tsk(t, out[16], 16, 0)' |
	grep -c 'store = {.*<kthreadd+')" 1
equal "the address of a variable's member" "$(lines 'x = &init_task.tasks; x == &(&init_task)->tasks')" 1
equal "what was printed before an error stays" "$(exec 3<>"$files/call" && echo '1; 2; no_such_function()' >&3 2>/dev/null
	cat <&3)" "1
2
error ENOENT column 7: no_such_function: no such symbol; macros, inline functions and modules that are not loaded have none in /proc/kallsyms"
# A shell writes long text in pieces, and each is a program.
printf '%9000s1' '' | sed 's/ /1+/g' >/tmp/program
equal "too many parts" "$(exec 3<>"$files/call" && dd bs=64k if=/tmp/program >&3 2>/dev/null
	cut -d' ' -f5- <&3)" "this expression has too many parts"

# What a function may have written to a local is not believed.
# shellcheck disable=SC2016 # the module writes the backquotes
doubt='this local was written to as bytes, and may hold anything; unsafe passes a `struct pid *` on'
equal "a pointer that was written as bytes" "$(lines 'struct pid *p; copy_from_kernel_nofault(&p, &panic_timeout, 4); pid_vnr(p)' | sed 's/^call: column [0-9]*: [^:]*: //')" "$doubt"
equal "and by another pointer to it" "$(lines 'struct pid *p; q = &p; e = copy_from_kernel_nofault(q, &panic_timeout, 4); pid_vnr(*q)' | sed 's/^call: column [0-9]*: [^:]*: //')" "$doubt"
equal "a cast that is seen through a pointer" \
	"$(lines 't = find_task_by_vpid(1); struct task_struct *x = t; p = &x; x = (struct task_struct *)t->mm; __task_pid_nr_ns(*p, 0, NULL)' | sed 's/^call: column [0-9]*: [^:]*: //')" \
	"$(echo "$doubt" | sed 's/struct pid/struct task_struct/')"
equal "a local that changes its type" \
	"$(lines 't = find_task_by_vpid(1); struct task_struct **p; for (i = 0; i < 2; i++) { auto x = i ? t->mm : t; if (!i) p = &x; } __task_pid_nr_ns(*p, 0, NULL)' | sed 's/^call: column [0-9]*: [^:]*: //')" \
	"$(echo "$doubt" | sed 's/struct pid/struct task_struct/')"
equal "and in an array" "$(lines 'struct pid *v[2]; e = copy_from_kernel_nofault(v, &panic_timeout, 4); pid_vnr(v[0])' | sed 's/^call: column [0-9]*: [^:]*: //')" "$doubt"
equal "and by its address as a number" "$(lines 'struct pid *p = find_vpid(1); n = (unsigned long)&p; pid_vnr(p)' | sed 's/^call: column [0-9]*: [^:]*: //')" "$doubt"
equal "and by a member of another local" "$(lines 'struct iovec v; struct pid *p = find_vpid(1); v.iov_base = &p; pid_vnr(p)' | sed 's/^call: column [0-9]*: [^:]*: //')" "$doubt"
equal "a pointer that was assigned afterwards" \
	"$(lines 'struct pid *p; e = copy_from_kernel_nofault(&p, &panic_timeout, 4); p = find_vpid(1); pid_vnr(p)')" 1
equal "a number that was written as bytes" \
	"$(lines 'int i; e = copy_from_kernel_nofault(&i, &panic_timeout, 4); i')" "$(cat /proc/sys/kernel/panic)"

# What is evaluated often has the same memory, and nobody else has it.
equal "temporaries of different sizes in a loop" \
	"$(lines 'n = 0; for (i = 0; i < 100; i++) n += snprintf(out[100000 + i * 50 - i % 2 * 99999], 2, "x"); n')" 100
equal "strings in a loop, sometimes" \
	"$(lines 's = "abc"; n = 0; for (i = 0; i < 1100; i++) n += strcmp(i ? "b" : s, "b") == 0; n')" 1099
equal "what a temporary has again is zero" "$(lines 'for (i = 3; i; i--) snprintf(out[i * 8], i, "x")')" \
	"1, buf = \"x\"
1, buf = \"x\"
1"
equal "too much memory" \
	"$(lines 'n = 0; n += snprintf(out[1000000], 2, "x"); n += snprintf(out[1000000], 2, "x"); n += snprintf(out[1000000], 2, "x"); n += snprintf(out[1000000], 2, "x"); n += snprintf(out[200000], 2, "x")' | sed 's/.*: //')" \
	"with these 200000 bytes, what this evaluation lends and its locals are more than 4194304"
equal "a string in a loop" "$(lines 'for (i = 0; i < 3000; i++) s = "abc"; s')" '"abc"'
equal "a call that failed in a loop gives its memory to nobody" \
	"$(lines 'for (i = 0; i < 3; i++) { kstrtoint("42", i == 1 ? unsafe *(int *)8 : 10, out), 1; if (i == 1) s = "xy"; if (i > 0) s }')" \
	"0${tab}1
<fault>${tab}1
\"xy\"
0${tab}1
\"xy\""

# Loops that do not end, or print too much.
(exec 3<>"$files/call" && echo 'i = 0; while (1) i++' >&3) 2>/dev/null &
loop=$!
sleep 1
begin=$(date +%s)
kill -KILL $loop
wait $loop
check "SIGKILL ends a loop at once" [ $(($(date +%s) - begin)) -le 2 ]
(exec 3<>"$files/call" && echo '1; while (1);' >&3 2>/dev/null
	cat <&3) >/tmp/answer &
loop=$!
sleep 1
kill -TERM $loop
wait $loop
equal "nobody holds the module" "$(cat /sys/module/rust_kallsyms/refcnt)" 0
lines 'for (i = 0; i < 60000; i++) 1234567890123456, 1234567890123456' >/tmp/answer
equal "what is too much is cut, and that is said" "$(tail -n 1 /tmp/answer)" \
	"... cut: a program prints 1048576 bytes at most"
check "after a whole line" [ "$(sed '$d' /tmp/answer | sort -u | wc -l)" = 1 ]

# Lists that change meanwhile.
(while :; do true | true; done) &
churn=$!
short=''
for _ in $(seq 30); do
	[ "$(lines 'for_each_process(t) if (t->mm) t->pid, t->comm, t->mm->total_vm' | wc -l)" -ge 2 ] || short="$short $(last_error)"
done
kill $churn
wait $churn
equal "processes that come and go" "$short" ""

# Modules that come and go: their data and types are there, or there is an error.
rmmod loop
(while :; do modprobe loop max_part=7 && rmmod loop; done 2>/dev/null) &
churn=$!
for _ in $(seq 200); do
	lines '*(int *)&loop:max_part'
	lines 'list_for_each_entry(struct module *m, &modules, list) m->name' | grep -x '"rust_kallsyms"'
	lines 'int i; for (i = 0; i < 20; i++) sizeof(struct loop_device) > 8'
done >/tmp/churn
kill $churn
wait $churn
rmmod loop 2>/dev/null
dmesg -c >/dev/null
equal "modules that come and go" "$(grep -v -x -e 7 -e int -e '[0-9]* ns' -e 1 -e '"rust_kallsyms"' -e '.* its module is coming or going' \
	-e '.* no such symbol in loop: max_part' -e '.* no module loop is loaded; .*' -e '.* the kernel has no type struct loop_device' /tmp/churn | sort | uniq -c | head -n 5)" ""
check "the list of modules has this one, unless it changes under the walk" test "$(grep -c rust_kallsyms /tmp/churn)" -gt 150
check "the module's data is there at times" grep -q -x 7 /tmp/churn

# The types of variables: those whose symbol is the only one of its name, and has room for the type
# and at most 63 bytes more; on arm64, where not all data has symbols, 4095. The room of the
# kernel's symbols is the distance to the next one.
sort /proc/kallsyms | awk '
	NR == FNR { type[$NF] = $0; sub(/ [^ ]*$/, "", type[$NF]); next }
	$4 == "" {
		address = substr($1, 8)
		if (address != last) {
			for (name in open) print name, open[name], address
			delete open
		}
		if ($3 in type) { count[$3]++; open[$3] = address }
		last = address
	}
	END { for (name in count) if (count[name] > 1) print name, "several" }' variables - >/tmp/rooms
spare=63 wrong=''
[ "$(uname -m)" != aarch64 ] || spare=4095
while read -r line; do
	name=${line##* } type=${line% *}
	room=$(awk -v name="$name" '$1 == name { print $2, $3 }' /tmp/rooms)
	case $room in
	'' | *several*) continue ;;
	esac
	room=$((0x${room#* } - 0x${room% *})) size=$(first "sizeof($type)")
	# The type is one of another architecture.
	case $size in
	*[!0-9]*) continue ;;
	esac
	expected='void *'
	[ "$size" -gt "$room" ] || [ "$room" -gt $((size + spare)) ] || expected=typed
	is=$(lines "&$name" | sed -n 2p)
	[ "$is" = 'void *' ] || is=typed
	[ "$is" = "$expected" ] || wrong="$wrong $name ($type, $size bytes, room for $room): $is"
done <variables
equal "each variable has its type, if it is the one and has the room" "$wrong" ""
check "most have" [ "$(wc -l </tmp/rooms)" -gt $(($(wc -l <variables) / 2)) ]

rmmod rust_kallsyms
tap_end
