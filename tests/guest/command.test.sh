#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# The command rust-kallsyms: its answers, also as JSON; its errors; the prompt; what bash completes.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

sysctl -q -w kernel.kptr_restrict=0
chmod +x ./rust-kallsyms ./typist
ln -s /guest/rust-kallsyms /bin/rust-kallsyms
export XDG_STATE_HOME=/tmp/state PAGER=cat

# says WHAT STATUS TEXT COMMAND...: the command ends with the status, and its output has the text.
says() {
	says_what=$1 says_status=$2 says_text=$3
	shift 3
	"$@" >/tmp/said 2>&1
	equal "$says_what: the status" $? "$says_status"
	check "$says_what: it says $says_text" grep -F -e "$says_text" /tmp/said || sed 's/^/# said: /' /tmp/said
}

# What is wrong before the module is asked.
version=$(sed -n 's/^MODULE_VERSION("\(.*\)");$/\1/p' version.c)
says "without the module" 2 "run: modprobe rust_kallsyms" rust-kallsyms modules
check "the module is loaded" insmod "$MODULE"
umount /sys/kernel/debug
says "root in another user namespace" 1 "the capability CAP_SYS_MODULE" unshare -U -r rust-kallsyms call 'int_sqrt(144)'
equal "without debugfs, the device is asked" "$(rust-kallsyms call 'int_sqrt(144)' | head -n 1)" 12
says "without debugfs: watch" 2 "run: mount -t debugfs" rust-kallsyms watch
mount -t debugfs debugfs /sys/kernel/debug
says "an ordinary user" 2 "only root may ask" su nobody -c "rust-kallsyms modules"
says "the help" 0 "Usage: rust-kallsyms" rust-kallsyms --help
says "the help of a command" 0 "Evaluate an expression" rust-kallsyms call --help
says "the help, as a command" 0 "Evaluate an expression" rust-kallsyms help call
says "the version" 0 "rust-kallsyms $version" rust-kallsyms --version
says "another command" 2 "unrecognized subcommand 'lst'" rust-kallsyms lst
says "a wrong choice" 2 "list has no nam=, but filter=, module=, kind=, limit=" rust-kallsyms list nam=x
says "a choice with a typo" 2 "did you mean limit=?" rust-kallsyms find limt=1
says "no expression" 2 "EXPRESSION" rust-kallsyms call
says "a count that is not a number" 2 "invalid value 'x'" rust-kallsyms call -n x 'int_sqrt(144)'

# Another version than the module's.
echo 99.1 >/tmp/version
mount --bind /tmp/version /sys/module/rust_kallsyms/version
says "a newer module" 0 "the module that is loaded is 99.1, newer than this command, $version" rust-kallsyms call 1
echo 0.1 >/tmp/version
says "an older module" 0 "is 0.1, older than this command" rust-kallsyms call 1
umount /sys/module/rust_kallsyms/version
equal "the same version: nothing is said" "$(rust-kallsyms call 1 2>&1 | wc -l)" 3

# call
rust-kallsyms call 'int_sqrt(144)' >/tmp/said
equal "call: the value" "$(sed -n 1p /tmp/said)" 12
equal "call: the prototype" "$(sed -n '2s/  .*//p' /tmp/said)" "unsigned long int_sqrt(unsigned long x)"
equal "call: an argument with a percent sign and a backslash" "$(rust-kallsyms call 'strcspn("%s\n", "")' | head -n 1)" 3
equal "call: hexadecimal" "$(rust-kallsyms -x call 'int_sqrt(289)' | head -n 1)" 0x11
equal "call: a minus is no option" "$(rust-kallsyms call '-1 + 2' | head -n 1)" 1
equal "call: several words" "$(rust-kallsyms call 1 + 2 | head -n 1)" 3
equal "call: a structure is one line in a pipe" "$(rust-kallsyms call '*find_vpid(1)' | sed -n '1s/^\((struct pid){ \).*}$/\1/p')" "(struct pid){ "
equal "call: no colours in a pipe" "$(rust-kallsyms call 'find_task_by_vpid(1)->comm' | head -n 1)" '"init"'
printf 'see .count\nend 0\n' >/tmp/keys
# colours NAME=VALUE: how many lines have them on a terminal.
colours() {
	env "$1" RECORD=/tmp/record ./typist /tmp/keys rust-kallsyms call '*find_vpid(1)' >/tmp/typed || cat /tmp/typed
	grep -c "$(printf '\033')" /tmp/record
}
check "call: colours on a terminal" [ "$(colours TERM=linux)" -gt 1 ]
equal "call: none with NO_COLOR" "$(colours NO_COLOR=1)" 0
check "call: colours, if they are wanted" sh -c "rust-kallsyms --color=always call '*find_vpid(1)' | grep -F '$(printf '\033[')'"
rust-kallsyms call -n 50 'int_sqrt(144)' >/tmp/said
check "call -n" grep -x '50 calls: least [0-9]* ns, median [0-9]* ns, most [0-9]* ns' /tmp/said
check "call -n: they are in order" sh -c "tr -dc '0-9 ' </tmp/said | awk '{ exit !(\$2 > 0 && \$2 <= \$3 && \$3 <= \$4) }'"

# json COMMAND...: what it prints, with times as N
json() { rust-kallsyms "$@" | sed 's/"ns":[0-9]*/"ns":N/'; }
size=$(rust-kallsyms list int_sqrt | cut -d' ' -f5)
prototype='{"name":"int_sqrt","returns":"unsigned long","parameters":[{"name":"x","type":"unsigned long"}]}'
equal "call: JSON" "$(json --json call 'int_sqrt(144)')" \
	"{\"value\":12,\"type\":\"unsigned long\",\"prototype\":$prototype,\"module\":\"vmlinux\",\"size\":$((size)),\"ns\":N}"
equal "call: JSON, asked for at the end" "$(json call 'int_sqrt(144)' --json)" "$(json --json call 'int_sqrt(144)')"
equal "call: JSON of a string" "$(json call --json 'find_task_by_vpid(1)->comm')" '{"value":"init","type":"char[16]","ns":N}'
equal "call: JSON of a large number" "$(json call --json '-1UL')" '{"value":"18446744073709551615","type":"unsigned long","ns":N}'
check "call: JSON of a structure" sh -c \
	"rust-kallsyms --json call '*find_vpid(1)' | grep '^{\"value\":{\"count\":{\"refs\":{\"counter\":[0-9]*}},\"level\":0,'"
check "call: JSON of an out parameter" sh -c \
	"rust-kallsyms --json call 'kstrtoint(\"42\", 10, out)' | grep '^{\"value\":0,\"out\":{\"res\":42},'"
check "call: JSON of bytes" sh -c \
	"rust-kallsyms --json call 'in4_pton(\"18.52.86.120\", -1, out[4], -1, NULL)' | grep '\"out\":{\"dst\":\"12345678\"}'"
check "call: JSON of an errno" sh -c \
	"rust-kallsyms --json call 'kstrtoint(\"x\", 10, out)' | grep '^{\"value\":-22,\"errno\":\"EINVAL\",'"
check "call -n: JSON" sh -c \
	"rust-kallsyms --json call -n 3 'int_sqrt(144)' | grep -x '{\"calls\":3,\"min_ns\":[0-9]*,\"median_ns\":[0-9]*,\"max_ns\":[0-9]*}'"

# Lines from elsewhere.
# shellcheck disable=SC2016 # it is the program that knows $1
printf 'int_sqrt(144)\n\n// a comment\n$1 + int_sqrt(\n\t9)\nlist int_sqrt\n' >/tmp/lines
lines() { awk 'NR % 3 == 1 { print $1, $3 }' | tr '\n' ';'; }
expected="12 ;15 ;$(grep ' int_sqrt$' /proc/kallsyms | cut -d' ' -f1) int_sqrt;"
equal "a pipe" "$(rust-kallsyms </tmp/lines | lines)" "$expected"
equal "-f" "$(rust-kallsyms -f /tmp/lines | lines)" "$expected"
equal "-c" "$(rust-kallsyms -c "$(cat /tmp/lines)" | lines)" "$expected"
printf '1\nint_sqrt(1, 2)\n2\n' >/tmp/lines
equal "the first error ends it" "$(rust-kallsyms </tmp/lines 2>/dev/null | lines)" "1 ;"
equal "-k goes on" "$(rust-kallsyms -k </tmp/lines 2>/dev/null | lines)" "1 ;2 ;"
rust-kallsyms -k </tmp/lines >/dev/null 2>&1
equal "-k: the status" $? 1
says "-f without a file" 2 "/tmp/none: No such file" rust-kallsyms -f /tmp/none

# list
address=$(grep ' int_sqrt$' /proc/kallsyms | cut -d' ' -f1)
equal "list" "$(rust-kallsyms list int_sqrt | cut -d' ' -f1-4)" "$address t int_sqrt [vmlinux]"
equal "list: by a key" "$(rust-kallsyms list filter=int_sqrt)" "$(rust-kallsyms list int_sqrt)"
equal "list: JSON" "$(rust-kallsyms --json list int_sqrt)" \
	"{\"address\":\"0x$address\",\"kind\":\"t\",\"name\":\"int_sqrt\",\"module\":\"vmlinux\",\"size\":$((size))}"
equal "list: a limit" "$(rust-kallsyms list module=vmlinux limit=7 | wc -l)" 7
equal "list: without a choice" "$(rust-kallsyms list | wc -l)" "$(wc -l </proc/kallsyms)"
printf 'a,' >/sys/module/rust_kallsyms/parameters/filter
equal "list: the parameters do not change it" "$(rust-kallsyms list limit=2 | wc -l)" 2
echo >/sys/module/rust_kallsyms/parameters/filter
says "list: nothing" 1 "symbols; '*no_such_symbol_at_all*' is for the names that contain it" rust-kallsyms list no_such_symbol_at_all
equal "list: a reader that has enough" "$(rust-kallsyms list | head -n 3 | wc -l)" 3

# describe
equal "describe: every symbol of the name" "$(rust-kallsyms describe init_once | wc -l)" "$(grep -c '[^ ]* [^ ]* init_once\( .*\)*$' /proc/kallsyms)"
check "describe: JSON" sh -c "rust-kallsyms --json describe init_once | sed -n 1p | grep '\"sympos\":1[,}]'"
check "describe: JSON of a prototype" sh -c "rust-kallsyms --json describe vfs_read | grep '\"prototype\":{\"name\":\"vfs_read\",'"
equal "describe: an address" "$(rust-kallsyms --json describe "$(inside "$address")" | sed 's/.*,\("offset":"[^"]*"\).*/\1/')" '"offset":"0x5"'
equal "describe: a type" "$(rust-kallsyms describe 'struct list_head' | sed 1q)" "struct list_head {"
equal "describe: a type of several words" "$(rust-kallsyms describe struct list_head | sed 1q)" "struct list_head {"
equal "describe: JSON of a type" "$(rust-kallsyms --json describe 'struct list_head')" \
	'{"type":"struct list_head","size":16,"members":[{"name":"next","type":"struct list_head *","offset":0,"size":8},{"name":"prev","type":"struct list_head *","offset":8,"size":8}]}'
equal "describe: JSON of a member" "$(rust-kallsyms --json describe 'struct upid.nr')" '{"name":"nr","type":"int","offset":0,"size":4}'
says "describe: nearest names" 1 "did you mean vfs_read" rust-kallsyms describe vfs_raed
equal "describe: a type without its keyword" "$(rust-kallsyms describe task_struct | sed 1q)" "struct task_struct {"

# find
rust-kallsyms find returns='struct net_device *' takes='struct net *' limit=3 >/tmp/said
equal "find: a limit" "$(wc -l </tmp/said)" 3
equal "find: each returns and takes what is asked for" \
	"$(grep -c '^[a-z0-9_]*  struct net_device \*[a-z0-9_]*(.*struct net \*.*);' /tmp/said)" 3
rust-kallsyms find int_sqrt >/tmp/said
check "find: a name" grep '^vmlinux  unsigned long int_sqrt(unsigned long x);  exported' /tmp/said
equal "find: JSON" "$(rust-kallsyms --json find name=int_sqrt | sed 's/"exported".*/"exported"/')" \
	"{\"module\":\"vmlinux\",\"prototype\":$prototype,\"marks\":[\"exported\""
says "find: nothing" 1 "no function returns a struct net_device by value; returns='struct net_device *' has " rust-kallsyms find returns='struct net_device'

# modules
rust-kallsyms modules >/tmp/said
equal "modules: JSON" "$(rust-kallsyms --json modules | sed -n '1s/,"text_bytes.*//p')" '{"module":"vmlinux"'
equal "modules: each is one object" "$(rust-kallsyms --json modules | grep -c '^{.*}$')" "$(($(wc -l </tmp/said) - 1))"

# watch. Each line comes at once, although there is no terminal.
rust-kallsyms watch >/tmp/watched &
plain=$!
rust-kallsyms --json watch >/tmp/json &
json=$!
sleep 3
insmod ./callee.ko
symbols=$(grep -c '	\[callee\]$' /proc/kallsyms)
check "watch: a line as soon as a module comes" soon grep -x "coming callee symbols=$symbols" /tmp/watched
rmmod callee
check "watch: JSON" soon grep -x "{\"event\":\"going\",\"module\":\"callee\",\"symbols\":$symbols}" /tmp/json
equal "watch: JSON of the first" "$(sed -n 1p /tmp/json)" "{\"event\":\"coming\",\"module\":\"callee\",\"symbols\":$symbols}"
kill $plain $json
wait $plain $json
says "watch: too much" 2 "unexpected argument" rust-kallsyms watch xfs

# Names of Rust code.
rust=$(awk '$3 ~ /^_RNvM.*7CondVar6notify$/ { print $3 }' /proc/kallsyms | head -n 1)
check "there are names of Rust code" test -n "$rust"
meaning="<kernel::sync::condvar::CondVar>::notify"
equal "list --demangle: the name is there still, and what it means" \
	"$(rust-kallsyms list --demangle "filter=$rust" | cut -d' ' -f3,6-)" "$rust demangled=$meaning"
equal "list --demangle: other lines are as they are" "$(rust-kallsyms list --demangle 'int_s*')" \
	"$(rust-kallsyms list 'int_s*')"
equal "list --demangle: JSON" "$(rust-kallsyms --json list --demangle "filter=$rust" | sed 's/.*,"demangled"/"demangled"/')" \
	"\"demangled\":\"$meaning\"}"
equal "describe: what a name means" "$(rust-kallsyms describe "$rust" | sed 's/.* demangled=//')" "$meaning"
rust-kallsyms list --demangle '_R*' >/tmp/said
check "hundreds of names are demangled" test "$(grep -c ' demangled=.*::' /tmp/said)" -gt 500
equal "all of them" "$(grep -c -v ' demangled=.*::' /tmp/said)" 0

# What goes wrong, as the module says it.
says "a refusal" 1 "one argument too many" rust-kallsyms call 'int_sqrt(1, 2)'
equal "a refusal: the expression, and a caret" "$(sed -n '2,3p' /tmp/said)" "  int_sqrt(1, 2)
              ^"
check "a refusal: JSON" sh -c \
	"rust-kallsyms --json call 'int_sqrt(1, 2)' | grep '^{\"error\":{\"errno\":\"E2BIG\",\"column\":13,\"message\":\"one argument too many'"
says "a name with a typo" 1 "did you mean find_vpid" rust-kallsyms call 'pid_vnr(find_vpi(1))'
equal "a name with a typo: the caret" "$(sed -n '2,3p' /tmp/said)" "  pid_vnr(find_vpi(1))
          ^"
says "list: a refusal" 1 'is never closed' rust-kallsyms list 'filter=['
says "call -n: a refusal" 1 "one argument too many" rust-kallsyms call -n 3 'int_sqrt(1, 2)'
for n in $(seq 12); do
	rust-kallsyms call "int_sqrt(no_such_function_$n())" >/tmp/parallel."$n" 2>&1 &
done
wait
for n in $(seq 12); do
	check "twelve at once: each has its own error: $n" grep -F "no_such_function_$n:" /tmp/parallel."$n"
done
rust-kallsyms call 'msleep(30000)' >/dev/null 2>&1 &
check "calls: one that runs is there" soon sh -c "rust-kallsyms calls | grep '^msleep '"
kill -INT $!
wait $!
equal "Ctrl-C: the status" $? 130
rust-kallsyms call 'int_sqrt(1, 2)' 2>/dev/null
equal "a refusal: the status" $? 1

# What bash completes: `completes LINE`, whose last word is not finished.
if [ -e ./bash ]; then
	chmod +x ./bash
	ln -s /proc/self/fd /dev/fd
	cat >/tmp/complete <<'BASH'
. ./rust-kallsyms.bash
COMP_LINE=$1 COMP_POINT=${#1}
read -r -a COMP_WORDS <<<"$1"
[[ $1 != *' ' ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_rust_kallsyms_words rust-kallsyms "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
echo ${COMPREPLY[*]}
BASH
	completes() { LD_LIBRARY_PATH=/guest ./bash /tmp/complete "rust-kallsyms $1" 2>&1; }
	equal "completion: a command" "$(completes des)" "describe"
	equal "completion: a name" "$(completes 'describe errnam')" "errname"
	equal "completion: names in a call" "$(completes 'call int_pow')" "int_pow"
	equal "completion: choices" "$(completes 'list fi')" "filter="
	equal "completion: an option" "$(completes 'list --dem')" "--demangle"
	equal "completion: what to find" "$(completes 'find ')" "returns= takes= name= module= args= limit="
	equal "completion: names to find" "$(completes 'find name=errnam')" "errname"
	equal "completion: modules" "$(completes 'list module=rust_k')" "rust_kallsyms"
	equal "completion: kinds" "$(completes 'list kind=r')" "rodata"
	equal "completion: members" "$(completes 'call find_task_by_vpid(1)->group_lea')" \
		"find_task_by_vpid(1)->group_leader"
else
	skip "completion" "there is no bash for this architecture in the tool root"
fi

# The prompt. What the typist prints is TAP of its own: steps FILE
steps() {
	grep -v '^1\.\.' "$1" >/tmp/steps
	while IFS= read -r step; do
		case $step in
		'ok '*) tap 0 "${step#ok * - }" ;;
		'not ok '*) tap 1 "${step#not ok * - }" ;;
		*) echo "$step" ;;
		esac
	done </tmp/steps
	check "all of it was typed" grep '^1\.\.' "$1"
}
# held TIMES: so often the module is held.
# shellcheck disable=SC2317 # `soon` calls it
held() { grep "^rust_kallsyms [0-9]* $1 " /proc/modules; }
./typist ./idle.keys rust-kallsyms >/tmp/idle 2>&1 &
check "a prompt holds the module" soon held 1
soon held 0
check "it lets go of it" soon held 0
wait $!
steps /tmp/idle
./typist ./prompt.keys rust-kallsyms >/tmp/typed 2>&1
steps /tmp/typed
check "what was typed is kept" grep -F 'int_sqrt(144)' /tmp/state/rust-kallsyms/history
check "the module can be removed when the call has ended" soon rmmod rust_kallsyms

tap_end
