#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
# timeout: 600
# provokes: WARNING: mm/vmalloc\.c:[0-9]+ at (remove_vm_area|vfree)|WARNING: .*crash\.c:[0-9]+ at crash_warn|BUG: kernel NULL pointer dereference|BUG: unable to handle page fault|Unable to handle kernel paging request|kernel BUG at .*crash\.c|Oops: Oops: 000[0-9]|Oops: invalid opcode|Call Trace|Internal error: Oops|WARNING: arch/arm64/kernel/process\.c:[0-9]+ at __switch_to|WARNING: kernel/context_tracking\.c:[0-9]+ at ct_kernel_exit
#
# A function that crashes, hangs or leaves its thread changed harms nothing but its own call.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

parameters=/sys/module/rust_kallsyms/parameters
file=/sys/kernel/debug/rust_kallsyms/call

# The kernel's default; a crash in a thread is not the end of the guest.
echo 0 >/proc/sys/kernel/panic_on_oops
echo 0 >/proc/sys/kernel/oops_limit
# There are warnings on purpose. (And arm64 ends a thread that ran into a BUG with all exceptions
# masked, and warns of what that leads to.)
echo 0 >/proc/sys/kernel/panic_on_warn

insmod "$MODULE" && rmmod rust_kallsyms
insmod ./crash.ko

crashed="it crashed (signal [0-9]*); dmesg has the kernel's own report\. What it held, locks and memory, it holds still"

# fails WHAT ERRNO LINE PARAMETER...: like `refuses`, but the kernel logs lines of its own, too.
fails() {
	fails_what=$1 fails_error=$(words "$2") fails_line=$3
	shift 3
	! log insmod "$MODULE" "$@" && grep -q ": $fails_error\$" /tmp/output &&
		grep -q -x "rust_kallsyms: $fails_line" /tmp/log &&
		! grep -q '^rust_kallsyms ' /proc/modules
	tap_status=$?
	tap $tap_status "$fails_what"
	[ $tap_status -eq 0 ] || sed 's/^/# /' /tmp/output /tmp/log
	rmmod rust_kallsyms 2>/dev/null
	return $tap_status
}

# shellcheck disable=SC2317,SC2329 # `soon` calls them
begun() { dmesg | grep -q 'crash: slow'; }
# shellcheck disable=SC2317,SC2329
unused() { [ "$(cat /sys/module/rust_kallsyms/refcnt)" = 0 ]; }

# call TEXT: writes to the file; its error or the value is in /tmp/answer.
call() {
	: >/tmp/answer
	exec 3<>"$file"
	# The shell's own printf does not say which error it was.
	printf '%s\n' "$1" | cat 2>/tmp/answer >&3
	[ -s /tmp/answer ] || head -n 1 <&3 >/tmp/answer
	exec 3>&-
}

# At load time.
fails "insmod: a NULL dereference" EFAULT "crash_null: $crashed" sym_name=crash_null
fails "insmod: BUG()" EFAULT "crash_bug: $crashed" sym_name=crash_bug
fails "insmod: a fault with preemption off" EFAULT "crash_atomic: $crashed" sym_name=crash_atomic
fails "insmod: NULL where the kernel's function writes" EFAULT "kstrtoint: $crashed" \
	sym_name=kstrtoint 'args="42",10,NULL' unsafe_call=1
fails "insmod: a function that ends its thread" EIO "crash_exit: it ended its thread and did not return" \
	sym_name=crash_exit
loads "the next one works" "rust_kallsyms: int_sqrt(144) = 12" sym_name=int_sqrt args=144

refuses "a function without a way back is not called" EPERM \
	"rust_kallsyms: crash_never: it never returns; unsafe_call=1 calls it all the same" sym_name=crash_never
# On arm64, ftrace keeps data in front of each function, and kallsyms counts it to the one before.
case $(uname -m) in
aarch64)
	refuses "nor one before data that look like a jump" EPERM \
		"rust_kallsyms: crash_front: it never returns; unsafe_call=1 calls it all the same" sym_name=crash_front
	;;
*) skip "nor one before data that look like a jump" "what stands before functions is code here" ;;
esac

# A thread that a function leaves changed.
fails "preemption disabled" EIO \
	"crash_preempt: it left behind: the preemption count changed by +2; .*" sym_name=crash_preempt args=2
fails "interrupts disabled" EIO "crash_irq: it left behind: interrupts disabled; .*" sym_name=crash_irq
# Without PREEMPT_RCU, such a section disables preemption.
rcu='the depth of RCU read-side critical sections'
grep -q ' __rcu_read_lock$' /proc/kallsyms || rcu='the preemption count'
fails "RCU read-side critical sections" EIO "crash_rcu: it left behind: $rcu changed by +3; .*" \
	sym_name=crash_rcu args=3
# Parameters.
refuses "a timeout that is not a number" EINVAL "rust_kallsyms: timeout: column 1: .*" \
	sym_name=int_sqrt args=4 timeout=soon
log insmod "$MODULE" context=caller
check "the parameter context is gone" grep -q "unknown parameter 'context' ignored" /tmp/log
rmmod rust_kallsyms

# A mutex that is needed to patch code. Both functions are called once while it is free, so that
# they can be called afterwards.
insmod "$MODULE"
if grep -q ' T mutex_lock$' /proc/kallsyms && grep -q ' jump_label_mutex$' /proc/kallsyms; then
	call 'unsafe mutex_lock(&jump_label_mutex)'
	call 'unsafe mutex_unlock(&jump_label_mutex)'
	call 'int_sqrt(144)'
	dmesg -c >/dev/null
	call 'unsafe mutex_lock(&text_mutex)'
	check "a mutex that is kept: EIO" grep -q 'Input/output error' /tmp/answer
	check "and which" sh -c "dmesg | grep -q 'mutex_lock: it left behind: text_mutex locked; '"
	# Some of these threads have the address that the mutex's owner had.
	answers=''
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		call 'int_sqrt(144)'
		answers="$answers $(cat /tmp/answer)"
	done
	equal "a function that is known can still be called" "$answers" " 12 12 12 12 12 12 12 12 12 12 12 12"
	call 'unsafe mutex_unlock(&text_mutex)'
	call 'gcd(12, 18)'
	equal "and when the mutex is free again, any other" "$(cat /tmp/answer)" 6
else
	skip "a mutex that is kept" "this kernel has lockdep, which takes mutexes by other names and complains of one that is kept, or no jump labels"
fi
rmmod rust_kallsyms

# In the files, a hundred times: more than there are slots.
insmod "$MODULE"
turn=0 wrong=''
while [ $turn -lt 100 ]; do
	turn=$((turn + 1))
	case $((turn % 3)) in
	0) call 'crash_null()' ;;
	1) call 'crash_bug()' ;;
	2) call 'crash_atomic()' ;;
	esac
	grep -q 'Bad address' /tmp/answer || wrong="$wrong $turn: $(cat /tmp/answer)"
done
equal "a hundred crashes by the file" "$wrong" ""
call 'int_sqrt(144)'
equal "the file works" "$(cat /tmp/answer)" 12
call 'int_sqrt(crash_null())'
check "a crash in an argument" grep -q 'Bad address' /tmp/answer
call 'crash_slow(crash_slow(crash_slow(crash_slow(crash_slow(crash_slow(crash_slow(crash_slow(crash_slow(crash_slow(1))))))))))'
equal "more nested calls than there are slots" "$(cat /tmp/answer)" 7

# One worker makes the calls of an expression, and ends with it.
call 'crash_thread() == crash_thread()'
equal "one thread makes all calls of an expression" "$(cat /tmp/answer)" 1
call 'crash_thread()'
first=$(cat /tmp/answer)
call 'crash_thread()'
check "no thread serves two expressions" test "$first" != "$(cat /tmp/answer)"
threads() { cat /proc/[0-9]*/comm | grep -c rust_kallsyms; }
exec 3<>"$file"
echo 'crash_thread()' >&3
equal "it has ended when the answer is there" "$(threads)" 1
exec 3>&-
# Work that a function queues for the end of its thread still has its memory and its module's code.
exec 3<>"$file"
echo 'crash_work(out, 10)' >&3
check "memory that was lent stays until the thread is dead" sh -c "dmesg | grep -q 'crash: work: 10, then 10'"
echo 'crash_work(out, 11) + crash_work(out, 12)' >&3
check "also the memory of the calls before" \
	sh -c "dmesg | grep -q 'crash: work: 11, then 11' && dmesg | grep -q 'crash: work: 12, then 12'"
echo 'crash_own_work()' >&3
rmmod crash
check "the function's module stays, too" sh -c "dmesg | grep -q 'crash: work: 42, then 42'"
exec 3>&-
insmod ./crash.ko
call 'int_sqrt(144)'
equal "the next call works" "$(cat /tmp/answer)" 12

printf 144 >$parameters/args
check "the parameter works" sh -c "echo int_sqrt >$parameters/sym_name"
equal "nobody holds the module" "$(cat /sys/module/rust_kallsyms/refcnt)" 0
equal "nobody holds the functions' module" "$(cat /sys/module/crash/refcnt)" 0
equal "no thread is left but the one that looks after them" "$(threads)" 1

# Memory that is lent.
# says EXPRESSION LINE: it fails with EFAULT and logs LINE.
says() {
	dmesg -c >/dev/null
	call "$1"
	dmesg >/tmp/log
	grep -q 'Bad address' /tmp/answer && grep -q -x "\[.*\] rust_kallsyms: $2\(; in \`.*\`\)\{0,1\}" /tmp/log
	tap_status=$?
	tap $tap_status "$1"
	[ $tap_status -eq 0 ] || sed 's/^/# /' /tmp/answer /tmp/log
}
beyond='and crashed (signal 9); dmesg has the kernel.s own report\. .*'
for size in 1 7 8 100 372 4032 4033 4095 4097; do
	call "crash_write(out[$size], $((size - 1)))"
	check "out[$size]: its last byte is there" grep -q '^7' /tmp/answer
	says "crash_write(out[$size], $size)" "crash_write: the function wrote beyond \"dest\", $beyond"
done
for size in 4096 8192; do
	says "crash_write(out[$size], $size)" "crash_write: the function wrote beyond \"dest\"; nothing else is harmed"
	says "crash_write(out[$size], $((size + 64)))" "crash_write: the function wrote beyond \"dest\", $beyond"
done
says 'crash_write(out[8], -1)' 'crash_write: the function wrote beyond "dest"; nothing else is harmed'
says 'crash_write(out[8], -64)' 'crash_write: the function wrote beyond "dest"; nothing else is harmed'
says 'unsafe crash_write("abc", 4)' "crash_write: the function wrote beyond \"dest\", $beyond"
says 'crash_read("abc", 4)' "crash_read: the function read beyond a string or other memory that it was lent, $beyond"
# kasan EXPRESSION WHERE: KASAN's own memcpy() and memset() report what they would run into, and do
# nothing.
kasan() {
	dmesg -c >/dev/null
	call "$1"
	dmesg >/tmp/log
	check "KASAN: $1" grep -q "BUG: KASAN: vmalloc-out-of-bounds in $2+" /tmp/log
}
if grep -q ' kasan_report$' /proc/kallsyms; then
	kasan 'unsafe crash_copy(out[8], out[100], 100)' crash_copy
	kasan 'unsafe crash_copy(out[100], out[8], 100)' crash_copy
	kasan 'unsafe sg_init_table(out, 10000)' sg_init_table
else
	says 'unsafe crash_copy(out[8], out[100], 100)' "crash_copy: the function wrote beyond \"dest\", $beyond"
	says 'unsafe crash_copy(out[100], out[8], 100)' "crash_copy: the function read beyond \"from\", $beyond"
	says 'unsafe sg_init_table(out, 10000)' "sg_init_table: the function wrote beyond \"sgl\", $beyond"
	says 'unsafe LZ4_decompress_safe("\xf0\005aaaaaaaaaaaaaaaaaaaa", out[8], 22, 100000)' \
		"LZ4_decompress_safe: the function wrote beyond \"dest\", $beyond"
fi
# refused EXPRESSION: it fails with EPERM, since the function would free or keep lent memory.
refused() {
	dmesg -c >/dev/null
	call "$1"
	check "$1" sh -c "grep -q 'Operation not permitted' /tmp/answer && dmesg | grep -q 'its name says that it '"
}
refused 'kfree("abc")'
refused 'kfree(out[8])'
refused 'kfree(strstr("abc", "b"))'
refused 'kvfree(out[200000])'
refused 'register_module_notifier(out)'
refused 'module_put(out)'
# ours EXPRESSION: it fails with EPERM, since the argument belongs to the module itself.
ours() {
	dmesg -c >/dev/null
	call "$1"
	dmesg >/tmp/log
	check "$1" sh -c "grep -q 'Operation not permitted' /tmp/answer && grep -q 'belongs to rust_kallsyms itself' /tmp/log"
}
ours 'module_put(find_module("rust_kallsyms"))'
ours 'free_module(find_module("rust_kallsyms"))'
keeper=$(grep -l '^rust_kallsyms$' /proc/[0-9]*/comm | head -n 1 | cut -d/ -f3)
ours "kthread_stop(find_task_by_vpid($keeper))"
equal "no reference is lost" "$(cat /sys/module/rust_kallsyms/refcnt)" 0
# A warning.
exec 3<>"$file"
echo 'crash_warn()' >&3
check "a warning is noticed" grep -q 'the kernel warned of something while it ran' <&3
echo 'int_sqrt(144)' >&3
check "and none afterwards" sh -c '! grep -q warned <&3'
exec 3>&-
# The first call of a fresh module takes a lock that the second needs.
rmmod rust_kallsyms
insmod "$MODULE"
call 'unsafe cpus_write_lock()'
check "the processors' lock is noticed" grep -q 'Input/output error' /tmp/answer
dmesg >/tmp/log
check "and named" grep -q 'it left behind: cpu_hotplug_lock locked; ' /tmp/log
call 'gcd(12, 18)'
equal "and released: a function that was not called before can be called" "$(cat /tmp/answer)" 6
# With unsafe the user answers for what happens; what can be noticed still is. vfree() warns of an
# address that does not begin a page, and the answer says so.
exec 3<>"$file"
echo 'unsafe kvfree(out[200000])' >&3
check "the kernel's warning is reported" grep -q 'the kernel warned of something while it ran' <&3
exec 3>&-
call 'int_sqrt(144)'
equal "the file works" "$(cat /tmp/answer)" 12

# A function runs as the process that asks.
cd /tmp || exit
call 'filp_open("answer", 0, 0)->f_inode->i_size >= 0'
equal "it has the asking process's working directory" "$(cat /tmp/answer)" 1
mkdir /tmp/jail && echo caught >/tmp/jail/marker && cp /bin/busybox /tmp/jail
exec 3<>"$file"
chroot /tmp/jail /busybox sh -c 'echo "filp_open(\"/marker\", 0, 0)->f_inode->i_size" >&3'
equal "and its root" "$(head -n 1 <&3)" 7
exec 3>&-
cd / || exit
cat >/tmp/group <<-end
	#!/bin/sh
	exec 3<>$file
	echo 'crash_gid()' >&3
	head -n 1 <&3 >/tmp/answer
end
chmod 755 /tmp/group
start-stop-daemon -S -q -c 0:1234 -x /tmp/group
equal "its credentials" "$(cat /tmp/answer)" 1234
if unshare -u true; then
	unshare -u sh -c "hostname elsewhere; exec 3<>$file; echo 'crash_host()' >&3; head -n 1 <&3" >/tmp/answer
	equal "and its namespaces" "$(cat /tmp/answer)" '"elsewhere"'
else
	skip "and its namespaces" "unshare does not work here"
fi
equal "init has what it had" "$(grep -c '^Gid:.0.0.0.0$' /proc/1/status)" 1

# Changes of the thread that are restored.
# left EXPRESSION WHAT: it fails with EIO, and the log says WHAT.
left() {
	dmesg -c >/dev/null
	call "$1"
	dmesg >/tmp/log
	check "$1" sh -c "grep -q 'Input/output error' /tmp/answer && grep -q 'it left behind: $2; ' /tmp/log"
}
for _ in 1 2 3 4; do
	left 'kthread_use_mm(find_task_by_vpid(1)->mm)' "the memory of another process in use"
	left 'commit_creds((struct cred *)&init_cred)' 'other credentials'
	left 'crash_override(find_task_by_vpid(1)->cred)' 'other credentials'
	call 'crash_mm(find_task_by_vpid(1)->mm)'
	check "a crash with the memory of another process" grep -q 'Bad address' /tmp/answer
done
left 'crash_flags()' 'other flags of the thread'
left 'crash_state()' 'the thread about to sleep'
check "init is alive" kill -0 1
call 'int_sqrt(144)'
equal "and the file works" "$(cat /tmp/answer)" 12

# The process that writes needs the capability, not the one that opened the file. (cat is a process
# of its own.)
call_as_nobody() {
	: >/tmp/answer
	exec 3<>"$file"
	echo 'int_sqrt(144)' >/tmp/call
	chmod 666 /tmp/call /tmp/answer
	printf '#!/bin/sh\ncat /tmp/call 2>/tmp/answer >&3\n' >/tmp/nobody
	chmod 755 /tmp/nobody
	start-stop-daemon -S -q -c 65534:65534 -x /tmp/nobody 2>/tmp/answer
	exec 3>&-
}
dmesg -c >/dev/null
call_as_nobody
check "user nobody, with an inherited descriptor, cannot call" grep -q 'Operation not permitted' /tmp/answer
check "and the log says why" sh -c "dmesg | grep -q 'rust_kallsyms: calls are for processes with the capability CAP_SYS_MODULE'"

# The stack.
call 'crash_stack()'
# KASAN makes every frame larger, and stacks twice as large.
stack=1024
! grep -q ' kasan_report$' /proc/kallsyms || stack=2048
check "little of the stack is used when the function is entered: $(cat /tmp/answer) bytes" \
	test "$(cat /tmp/answer)" -le $stack

# Functions that hang.
begin=$(date +%s)
call 'timeout=3 crash_slow(100) + crash_slow(100) + crash_slow(15000)'
check "a timeout" grep -q 'timed out' /tmp/answer
check "in time" test $(($(date +%s) - begin)) -lt 15
equal "the module is held" "$(cat /sys/module/rust_kallsyms/refcnt)" 1
check "rmmod is refused" sh -c '! rmmod rust_kallsyms'
call 'int_sqrt(144)'
equal "other calls work" "$(cat /tmp/answer)" 12
call 'timeout=1 crash_string("still there", 3000)'
check "another timeout" grep -q 'timed out' /tmp/answer
call 'timeout=1 crash_string(strstr("what another call returned", "another"), 3000)'
check "another, with memory of a call before it" grep -q 'timed out' /tmp/answer
call 'timeout=1 crash_work(out, 2500)'
check "another, whose thread has work queued for its end" grep -q 'timed out' /tmp/answer
call 'timeout=1 crash_later(2000)'
check "and one more, whose function will crash" grep -q 'timed out' /tmp/answer
soon unused
tap $? "then it is not held any more"
equal "nor the functions' module" "$(cat /sys/module/crash/refcnt)" 0
check "the string was there until the end" sh -c "dmesg | grep -q 'crash: string: still there'"
check "and the one that another call returned" sh -c "dmesg | grep -q 'crash: string: another call returned'"
check "and the memory that was lent for longer" sh -c "dmesg | grep -q 'crash: work: 2500, then 2500'"

dmesg -c >/dev/null
(exec 3<>"$file" && echo 'crash_slow(3000)' >&3) 2>/tmp/answer &
soon begun
kill "$!"
wait "$!"
dmesg >/tmp/log
check "a signal" grep -q 'crash_slow: interrupted, but it goes on; .*' /tmp/log
soon unused
tap $? "the module is not held any more"

# More calls than slots.
for number in $(seq 70); do
	(
		exec 3<>"$file"
		echo 'crash_slow(500)' >&3 && head -n 1 <&3
	) >"/tmp/answer.$number" 2>&1 &
	callers="${callers:-} $!"
done
# shellcheck disable=SC2086 # these are several
wait $callers
equal "seventy at once" "$(cat /tmp/answer.* | sort | uniq -c | tr -s ' ')" " 70 7"
callers=''
for _ in $(seq 64); do
	(exec 3<>"$file" && echo 'timeout=10 crash_slow(40000)' >&3) 2>/dev/null &
	callers="$callers $!"
done
# shellcheck disable=SC2086 # these are several
wait $callers
equal "sixty-four abandoned" "$(grep -c abandoned /sys/kernel/debug/rust_kallsyms/calls)" 64
dmesg -c >/dev/null
call 'timeout=1 int_sqrt(144)'
check "one more waits, until it gives up" grep -q 'timed out' /tmp/answer
check "and says so" sh -c "dmesg | grep -q 'int_sqrt: not called: 64 calls run already'"
soon unused
call 'int_sqrt(144)'
equal "until there is room" "$(cat /tmp/answer)" 12

check "the module can be removed" rmmod rust_kallsyms

# A hang at load time: the module has to stay.
dmesg -c >/dev/null
insmod "$MODULE" sym_name=crash_slow args=6000 2>/tmp/output &
soon begun
kill "$!"
wait "$!"
dmesg >/tmp/log
check "insmod is interrupted" grep -q 'crash_slow: interrupted, but it goes on' /tmp/log
check "the module stays" grep -q '^rust_kallsyms .* Live ' /proc/modules
soon unused
check "and can be removed afterwards" rmmod rust_kallsyms
log insmod "$MODULE" sym_name=crash_slow args=12000 timeout=1
tap $? "insmod with a timeout succeeds, because the module has to stay"
check "and says so" grep -q 'the module stays loaded; rmmod can remove it when the function has returned' /tmp/log
check "rmmod is refused" sh -c '! rmmod rust_kallsyms'
soon unused
check "and works afterwards" rmmod rust_kallsyms
equal "nothing is left" "$(grep -c rust_kallsyms /proc/vmallocinfo)" 0
check "the functions' module can be removed" rmmod crash

tap_end
