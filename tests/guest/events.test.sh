#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# threads: multi
# timeout: 900
#
# The live file events: its lines, reads that wait or do not wait, poll(), lost events, and rmmod
# while it is open.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

insmod "$MODULE"
chmod +x ./reader
events=/sys/kernel/debug/rust_kallsyms/events

# symbols MODULE: print how many it has in /proc/kallsyms.
symbols() { grep -c "	\[$1\]\$" /proc/kallsyms; }

# reads STEP...: print what a reader of the file sees.
reads() { ./reader $events "$@"; }

# The lines. xfs has symbols that only its start needs, and it needs other modules.
exec 3<$events
modprobe xfs
xfs=$(symbols xfs)
modprobe -r xfs
check "xfs has symbols" test "$xfs" -gt 3000
timeout 2 cat <&3 >/tmp/said
equal "a module that comes and goes" "$(grep xfs /tmp/said)" "coming xfs symbols=$xfs
going xfs symbols=$xfs"
equal "all lines have this form" "$(grep -c -v '^\(coming\|going\) [a-z0-9_]* symbols=[0-9]*$' /tmp/said)" 0
insmod ./callee.ko
callee=$(symbols callee)
rmmod callee
line="symbols=$callee"
equal "later lines" "$(timeout 1 cat <&3 | grep callee)" "coming callee $line
going callee $line"
exec 3<&-
equal "a module that does not start" \
	"$(reads 'run:insmod ./kallsyms_test.ko bootstrap=5 2>/dev/null' nonblock read:4096 | sed 's/[0-9]*$//')" "failed
coming kallsyms_test symbols=
going kallsyms_test symbols="

# Reads.
equal "a read that does not wait" "$(reads nonblock read:100)" EAGAIN
equal "a file has no events from before it was opened" "$(reads nonblock 'run:insmod ./callee.ko' read:4096 read:10 'run:rmmod callee')" \
	"coming callee $line
EAGAIN"
(sleep 2; insmod ./callee.ko) &
equal "a read that waits" "$(timeout 20 ./reader $events read:4096)" "coming callee $line"
wait
equal "a signal interrupts it" "$(reads alarm read:100)" EINTR
equal "several lines at once, and no more than fit" "$(reads 'run:rmmod callee; insmod ./callee.ko' nonblock read:9 read:4096 read:1)" \
	"going callee $line
coming callee $line
EAGAIN"
# shellcheck disable=SC2046 # its words
equal "byte by byte" "$(reads 'run:rmmod callee; insmod ./callee.ko' nonblock $(yes read:1 | head -n 80) | grep -v EAGAIN)" \
	"going callee $line
coming callee $line"
equal "what a bad address did not get comes next" \
	"$(reads 'run:rmmod callee; insmod ./callee.ko' nonblock bad:4096 read:4096 bad:10)" "EFAULT
going callee $line
coming callee $line
EAGAIN"
equal "nor a piece of a line" "$(reads 'run:rmmod callee; insmod ./callee.ko' nonblock read:3 bad:3 bad:4096 read:4096)" \
	"goiEFAULT
EFAULT
ng callee $line
coming callee $line"
equal "a read of no bytes" "$(reads read:0)" ""
equal "the file has no position" "$(reads seek)" ESPIPE

# poll() and epoll.
equal "poll and epoll find nothing, and then something" "$(reads poll:0 epoll:0 'run:rmmod callee' poll:0 epoll:0 read:100 poll:0 epoll:0)" \
	"nothing
nothing
something
something
going callee $line
nothing
nothing"
for how in poll epoll; do
	(sleep 2; insmod ./callee.ko; rmmod callee) &
	equal "$how waits" "$(timeout 20 ./reader $events $how:100000)" something
	wait
	equal "a signal interrupts $how" "$(reads alarm $how:100000)" EINTR
done
equal "a file that is closed while epoll knows it" "$(reads epoll:0 close epoll:100)" "nothing
nothing"

# Several readers.
exec 3<$events 4<$events
insmod ./callee.ko
equal "each open file has its own lines" "$(timeout 1 cat <&3; timeout 1 cat <&4)" "coming callee $line
coming callee $line"
exec 3<&- 4<&-
rmmod callee

# A reader that is too slow gets the first 255 events, how many are lost, and later ones.
# /tmp/churn ROUNDS: load and remove a module ROUNDS times.
cat >/tmp/churn <<'CHURN'
n=0
while [ $n -lt "$1" ]; do
	insmod ./callee.ko
	rmmod callee
	n=$((n + 1))
done
CHURN
reads 'run:sh /tmp/churn 150' nonblock read:20 'run:insmod ./callee.ko' read:60000 'run:rmmod callee' read:100 read:100 >/tmp/said
equal "the first 255 and one more" "$(grep -c "^\(coming\|going\) callee $line\$" /tmp/said)" $((255 + 1))
equal "how many are lost, and what follows" "$(tail -n 3 /tmp/said)" "lost events=46
going callee $line
EAGAIN"

# An open file holds the module; a waiting reader can be killed.
cat $events >/dev/null &
reader=$!
soon grep -q '[1-9]' /sys/module/rust_kallsyms/refcnt
check "an open file holds the module" sh -c "! rmmod rust_kallsyms"
check "a waiting reader does not block other modules" timeout 20 modprobe dummy
kill $reader
wait $reader
equal "it can be killed" $? 143
check "a closed file does not hold the module" timeout 20 rmmod rust_kallsyms
check "after that, other modules can be removed" timeout 20 modprobe -r dummy

# Files are opened and closed while modules come and go.
insmod "$MODULE"
sh /tmp/churn 50 &
churn=$!
n=0
while kill -0 $churn 2>/dev/null; do
	timeout 5 head -c 1 $events >/dev/null &
	exec 3<$events 4<$events
	exec 4<&- 3<&-
	n=$((n + 1))
done
wait
check "they were opened more than 20 times ($n)" test $n -gt 20
check "the module can be removed after that" timeout 20 rmmod rust_kallsyms

tap_end
