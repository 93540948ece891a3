#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# append: hash_pointers=always
#
# An address goes to the log only if everyone who can read the log can read the address in
# /proc/kallsyms. For each value of kptr_restrict and dmesg_restrict, what the module logs for two
# addresses is compared with what a reader of the log sees there.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

insmod "$MODULE" && rmmod rust_kallsyms

# reader DMESG_RESTRICT PROGRAM: run PROGRAM as the least privileged user who may read the log; with
# dmesg_restrict, root.
reader() {
	case $1 in
	0) start-stop-daemon -S -q -c 65534:65534 -x "$2" ;;
	1) "$2" ;;
	esac
}

# What a reader sees in /proc/kallsyms.
cat >/tmp/look <<'LOOK'
#!/bin/sh
awk '$3 == "jiffies" { print $1; exit }' /proc/kallsyms
LOOK
chmod 755 /tmp/look

echo 0 >/proc/sys/kernel/kptr_restrict
address=$(/tmp/look)
decimal=$(printf '%u' "0x$address")
# Until the next boot, %p prints the same hash for a pointer everywhere.
log insmod "$MODULE" sym_name=_printk 'args="hashed:%p\n",find_task_by_vpid(1)'
hashed=$(sed -n 's/^hashed://p' /tmp/log)
rmmod rust_kallsyms
check "the kernel hashes pointers" [ -n "$hashed" ]

# value OF ARGS: print the value of a call of OF from the log.
value() {
	log insmod "$MODULE" "sym_name=$1" "args=$2"
	rmmod rust_kallsyms
	sed -n 's/^rust_kallsyms: .*) = //p' /tmp/log
}

for paranoid in 1 3; do
	echo $paranoid >/proc/sys/kernel/perf_event_paranoid
	for kptr in 0 1 2; do
		for restrict in 0 1; do
			echo $kptr >/proc/sys/kernel/kptr_restrict
			echo $restrict >/proc/sys/kernel/dmesg_restrict
			at="kptr_restrict=$kptr dmesg_restrict=$restrict perf_event_paranoid=$paranoid"
			seen=$(reader $restrict /tmp/look)
			number=$(value kallsyms_lookup_name '"jiffies"')
			pointer=$(value find_task_by_vpid 1)
			equal "NULL is shown ($at)" "$(value find_task_by_vpid 4194304)" NULL
			if [ "$seen" = "$address" ]; then
				equal "a number that is an address is shown ($at)" "$number" "$decimal"
				check "a pointer is shown ($at)" expr "$pointer" : '0xff[0-9a-f]\{14\}$'
				shown=$pointer
			else
				equal "/proc/kallsyms hides it ($at)" "$seen" 0000000000000000
				equal "a number that is an address is hidden ($at)" "$number" '?'
				check "a pointer is hashed ($at)" expr "$pointer" : '0x00000000[0-9a-f]\{8\}$'
				equal "as the kernel hashes it ($at)" "$pointer" "0x$hashed"
			fi
		done
	done
done
# An error's line goes to the log, whoever may see addresses in the file.
echo 0 >/proc/sys/kernel/kptr_restrict
insmod "$MODULE"
# refused: the line of a call whose argument, an address, is not in the parameter's range.
refused() {
	log sh -c 'echo "_bcd2bin((long)find_task_by_vpid(1))" >/sys/kernel/debug/rust_kallsyms/call'
	sed -n "s/.*val\`: //p" /tmp/log
}
for restrict in 1 0; do
	echo $restrict >/proc/sys/kernel/dmesg_restrict
	[ $restrict = 1 ] && said='-[0-9]* is out of range; in .*' || said='? is out of range'
	check "an error about an address (dmesg_restrict=$restrict)" expr "$(refused)" : "$said\$"
done
rmmod rust_kallsyms
check "both forms were seen" [ -n "$shown" ] && check "and differ" [ "$shown" != "0x$hashed" ]

tap_end
