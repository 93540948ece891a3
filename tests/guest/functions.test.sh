#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# The live file functions: choices, errors, and whether calls do what it says of them.
# tests/oracle/functions.sh judges what it finds.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

modprobe xfs
insmod "$MODULE"
files=/sys/kernel/debug/rust_kallsyms

# ask FILE TEXT: print what one open file answers, or what the module logs if it refuses.
ask() {
	exec 3<>"$files/$1"
	if printf '%s\n' "$2" >&3 2>/dev/null; then
		cat <&3
	else
		last_error
	fi
	exec 3>&-
}

find_vpid="vmlinux  struct pid *find_vpid(int nr);  exported GPL-only, traceable"
equal "a line" "$(ask functions 'name=find_vpid')" "$find_vpid"
equal "quotes" "$(ask functions "returns='struct pid *' takes=\"int\" name='find_vpid'")" "$find_vpid"
equal "no quotes" "$(ask functions 'takes=signed int returns=const struct pid * name=find_vpid')" "$find_vpid"
equal "another word for name" "$(ask functions 'filter=find_vpid')" "$find_vpid"
equal "a tag" "$(ask functions 'takes=task_struct * filter=task_pid_nr_ns,__task_pid_nr_ns')" \
	"$(ask functions 'takes=struct task_struct * filter=task_pid_nr_ns,__task_pid_nr_ns')"
equal "typedefs" "$(ask functions 'takes=s32 name=find_vpid')" "$find_vpid"
equal "nothing matches" "$(ask functions 'takes=struct pid * args=12')" ""
equal "a type is asked for twice" "$(ask functions 'takes=int takes=int name=find_vpid,gcd,int_pow')" ""
equal "a type of a module" "$(ask functions 'takes=struct xfs_trans * name=xfs_trans_commit' | sed 's/;.*//')" \
	"xfs  int xfs_trans_commit(struct xfs_trans *tp)"
equal "a module" "$(ask functions 'module=xfs name=*_vpid')" ""
equal "a module has a type of vmlinux" "$(ask functions 'module=xfs takes=struct super_block *' | grep -c '^xfs  ')" \
	"$(ask functions 'takes=struct super_block *' | grep -c '^xfs  ')"
# The modules before xfs have no such typedef; what was found out about vmlinux's types for them
# must not be used for xfs.
equal "a typedef of a module" "$(ask functions 'takes=xfs_daddr_t limit=0')" "$(ask functions 'module=xfs takes=xfs_daddr_t limit=0')"
check "some functions take it" test "$(ask functions 'module=xfs takes=xfs_daddr_t limit=0' | wc -l)" -gt 5
equal "a limit" "$(ask functions 'returns=int limit=7' | wc -l)" 7
equal "no limit" "$(ask functions 'takes=struct pid * limit=0' | wc -l)" "$(ask functions 'takes=struct pid *' | wc -l)"
check "what BTF says of assembly is not believed" sh -c \
	"[ $(ask functions 'returns=void args=0' | grep -c ';  .*unsafe (the kernel has no prototype of it)') -gt 10 ]"

equal "an unknown type" "$(ask functions 'takes=struct no_such *')" "functions: column 7: the kernel has no type \`struct no_such *\`"
equal "an unknown typedef" "$(ask functions 'returns=no_such_t')" "functions: column 9: the kernel has no type \`no_such_t\`"
equal "a tag is missing" "$(ask functions 'returns=struct')" "functions: column 15: a tag must follow \`struct\`, \`union\` or \`enum\`"
equal "an unknown key" "$(ask functions 'return=int')" \
	"functions: column 1: write returns=, takes=, filter=, module=, args= or limit="
equal "a word that is not a choice" "$(ask functions 'int')" "functions: column 1: a choice is written key=value"
equal "an unknown module" "$(ask functions 'module=no_such')" "functions: column 8: no module no_such is loaded; /proc/modules has those which are"
equal "a word that is not a number" "$(ask functions 'args=two')" "functions: column 6: not a decimal digit"
equal "a wrong pattern" "$(ask functions 'filter=[a')" "functions: column 8: this \`[\` is never closed; a plain one is written \\["
equal "too many types" "$(ask functions 'takes=int takes=int takes=int takes=int takes=int takes=int takes=int')" \
	"functions: column 67: at most 6 parameters can be asked for"
# errno TEXT: the error of a write.
errno() { sh -c "exec 3<>$files/functions; echo '$1' | cat 2>&1 >&3" | sed 's/.*: //'; }
equal "the errno of an unknown type" "$(errno 'takes=struct no_such *')" "No such file or directory"
equal "the errno of a wrong key" "$(errno 'x=1')" "Invalid argument"
equal "a choice that fails leaves its error" "$(
	exec 3<>$files/functions
	echo 'filter=find_vpid' >&3
	echo 'limit=x' 2>/dev/null >&3
	cat <&3
)" "error EINVAL column 7: not a decimal digit"
equal "each open file has a choice of its own" "$(
	exec 3<>$files/functions 4<>$files/functions
	echo 'name=find_vpid' >&3
	echo 'name=find_pid_ns' >&4
	cat <&3
	sed 's/;.*//' <&4
)" "$find_vpid
vmlinux  struct pid *find_pid_ns(int nr, struct pid_namespace *ns)"

# Reads of any size see the same bytes.
ask functions 'returns=struct net_device *' >/tmp/whole
check "there is enough for several windows" test "$(wc -c </tmp/whole)" -gt 4096
wrong=0
for size in 100 1000 5000 100000; do
	exec 3<>$files/functions
	echo 'returns=struct net_device *' >&3
	dd bs=$size <&3 2>/dev/null | cmp -s - /tmp/whole || wrong=$((wrong + 1))
	exec 3>&-
done
equal "reads of any size see the same bytes" $wrong 0

# Calls do what the file says. These functions take no arguments: one that is not refused would run.
ask functions 'args=0' | grep ', \(unsafe\|no call\) (\|;  \(unsafe\|no call\) (' | grep -v 'the first of' >/tmp/refused
check "many functions are said to be refused: $(wc -l </tmp/refused)" test "$(wc -l </tmp/refused)" -gt 300
exec 3<>$files/call
wrong=''
awk 'NR % 12 == 0' /tmp/refused >/tmp/some
while read -r line; do
	name=${line%%(*}
	name=${name##*[ *]}
	why=${line##*(}
	why=${why#it }
	dmesg -c >/dev/null
	# The shell's own printf does not say which error it was.
	echo "${line%%  *}:$name()" | cat 2>/dev/null >&3
	dmesg | grep -q -F "${why%)*}" || wrong="$wrong [$line: $(dmesg | sed 's/.*] rust_kallsyms: //')]"
done </tmp/some
exec 3>&-
equal "$(wc -l </tmp/some) of them are refused for the reason that the file gives" "$wrong" ""
# The file calls none of the functions safe that the reference lists.
# shellcheck disable=SC2016 # these are the back quotes of the page
sed -n '/^| why | functions |$/,/^$/s/^| \(it .*\) | \(.*\) |$/\2/p' reference.md | tr -d '`' | tr ' ' '\n' |
	sed 's/\*/.*/g' >/tmp/globs
ask functions 'module=vmlinux name=*lock*,machine_*,*_irq*,kernel_*,set_memory_*' | grep -v 'no symbol' |
	sed 's/^vmlinux  \([^(]*[ *]\)\([a-zA-Z_0-9]*\)(.*;\(.*\)/\2\3/' >/tmp/marked
cut -d' ' -f1 /tmp/marked | grep -n -x -f /tmp/globs | cut -d: -f1 >/tmp/numbers
awk 'NR == FNR { wanted[$1]; next } FNR in wanted' /tmp/numbers /tmp/marked >/tmp/listed
check "there are many: $(wc -l </tmp/listed)" test "$(wc -l </tmp/listed)" -gt 200
equal "functions of the reference's list are unsafe" "$(grep -v 'unsafe (\|no call (' /tmp/listed | head -n 5)" ""

rmmod xfs
equal "a module that went is not there" "$(ask functions 'name=xfs_trans_commit')" ""
equal "nor are its types" "$(ask functions 'takes=struct xfs_trans *')" "functions: column 7: the kernel has no type \`struct xfs_trans *\`"
exec 5<$files/functions
head -c 100 <&5 >/dev/null
check "an open file keeps the module" sh -c "! rmmod rust_kallsyms"
exec 5<&-
check "a closed one does not" rmmod rust_kallsyms

tap_end
