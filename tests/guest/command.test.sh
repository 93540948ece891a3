#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# The command rust-kallsyms: its answers, also as JSON; its errors; what bash completes.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

sysctl -q -w kernel.kptr_restrict=0
chmod +x ./kallsyms
ln -s /guest/kallsyms /bin/rust-kallsyms

# says WHAT STATUS TEXT COMMAND...: the command ends with the status, and its output has the text.
says() {
	says_what=$1 says_status=$2 says_text=$3
	shift 3
	"$@" >/tmp/said 2>&1
	equal "$says_what: the status" $? "$says_status"
	check "$says_what: it says $says_text" grep -F -e "$says_text" /tmp/said
}

# What is wrong before the module is asked.
says "without the module" 2 "run: modprobe rust_kallsyms" rust-kallsyms modules
check "the module is loaded" insmod "$MODULE"
umount /sys/kernel/debug
says "without debugfs" 2 "run: mount -t debugfs" rust-kallsyms modules
mount -t debugfs debugfs /sys/kernel/debug
says "an ordinary user" 2 "only root may ask" su nobody -c "rust-kallsyms modules"
says "no command" 2 "Usage: rust-kallsyms" rust-kallsyms
says "the help" 0 "Usage: rust-kallsyms" rust-kallsyms --help
says "another command" 2 "no such command" rust-kallsyms lst
says "a choice that is none" 2 "use module=, filter=, kind= or limit=" rust-kallsyms list name=x
says "two expressions" 2 "call wants one expression" rust-kallsyms call int_sqrt 144
says "a count that is none" 2 "-n wants a number" rust-kallsyms call -n x 'int_sqrt(144)'

# call
rust-kallsyms call 'int_sqrt(144)' >/tmp/said
equal "call: the value" "$(sed -n 1p /tmp/said)" 12
equal "call: the prototype" "$(sed -n '2s/  .*//p' /tmp/said)" "unsigned long int_sqrt(unsigned long x)"
equal "call: JSON" "$(rust-kallsyms --json call 'int_sqrt(144)' | sed 's/[0-9]*}/N}/')" \
	'{"value":"12","prototype":"unsigned long int_sqrt(unsigned long x)","ns":N}'
equal "call: JSON of a string" "$(rust-kallsyms --json call 'errname(22)' | cut -d, -f1)" '{"value":"\"EINVAL\""'
equal "call: an argument with a percent sign and a backslash" "$(rust-kallsyms call 'strcspn("%s\n", "")' | head -n 1)" 3
says "call: a refusal" 1 "rust-kallsyms: call: column 13: one argument too many" rust-kallsyms call 'int_sqrt(1, 2)'
cp /tmp/said /tmp/first
says "call: the same again" 1 "rust-kallsyms: call: column 13: one argument too many" rust-kallsyms call 'int_sqrt(1, 2)'
equal "call: a refusal is one line" "$(wc -l </tmp/first)" 1
rust-kallsyms call -n 50 'int_sqrt(144)' >/tmp/said
check "call -n" grep -x '50 calls: least [0-9]* ns, median [0-9]* ns, most [0-9]* ns' /tmp/said
check "call -n: they are in order" sh -c "tr -dc '0-9 ' </tmp/said | awk '{ exit !(\$2 > 0 && \$2 <= \$3 && \$3 <= \$4) }'"
check "call -n: JSON" sh -c \
	"rust-kallsyms --json call -n 3 'int_sqrt(144)' | grep -x '{\"calls\":3,\"min_ns\":[0-9]*,\"median_ns\":[0-9]*,\"max_ns\":[0-9]*}'"
says "call -n: a refusal" 1 "one argument too many" rust-kallsyms call -n 3 'int_sqrt(1, 2)'

# list
address=$(grep ' int_sqrt$' /proc/kallsyms | cut -d' ' -f1)
equal "list" "$(rust-kallsyms list filter=int_sqrt | cut -d' ' -f1-4)" "$address t int_sqrt [vmlinux]"
size=$(rust-kallsyms list filter=int_sqrt | cut -d' ' -f5)
equal "list: JSON" "$(rust-kallsyms --json list filter=int_sqrt)" \
	"{\"address\":\"$address\",\"kind\":\"t\",\"name\":\"int_sqrt\",\"module\":\"vmlinux\",\"size\":$((size))}"
equal "list: a limit" "$(rust-kallsyms list module=vmlinux limit=7 | wc -l)" 7
equal "list: without a choice" "$(rust-kallsyms list | wc -l)" "$(wc -l </proc/kallsyms)"
# shellcheck disable=SC2016 # the module quotes like that
says "list: a refusal" 1 'symbols: column 8: this `[` is never closed' rust-kallsyms list 'filter=['
printf 'a,' >/sys/module/rust_kallsyms/parameters/filter
equal "list: the parameters have no say" "$(rust-kallsyms list limit=2 | wc -l)" 2
echo >/sys/module/rust_kallsyms/parameters/filter

# describe
equal "describe: every symbol of the name" "$(rust-kallsyms describe init_once | wc -l)" "$(grep -c '[^ ]* [^ ]* init_once\( .*\)*$' /proc/kallsyms)"
equal "describe: JSON" "$(rust-kallsyms --json describe init_once | sed -n '1s/.*,\("sympos":[0-9]*\)[,}].*/\1/p')" '"sympos":1'
equal "describe: an address" "$(rust-kallsyms --json describe "$(inside "$address")" | sed 's/.*,\("offset":"[^"]*"\).*/\1/')" '"offset":"0x5"'
says "describe: a refusal" 1 "no_such_name" rust-kallsyms describe no_such_name

# modules
rust-kallsyms modules >/tmp/said
equal "modules: JSON" "$(rust-kallsyms --json modules | sed -n '1s/,"text_bytes.*//p')" '{"module":"vmlinux"'
equal "modules: each is one object" "$(rust-kallsyms --json modules | grep -c '^{.*}$')" "$(($(wc -l </tmp/said) - 1))"

# find
if [ -e /sys/kernel/debug/rust_kallsyms/functions ]; then
	rust-kallsyms find returns='struct net_device *' takes='struct net *' limit=3 >/tmp/said
	equal "find: a limit" "$(wc -l </tmp/said)" 3
	equal "find: each returns and takes what is asked for" \
		"$(grep -c '^[a-z0-9_]*  struct net_device \*[a-z0-9_]*(.*struct net \*.*);' /tmp/said)" 3
	rust-kallsyms find name=int_sqrt >/tmp/said
	check "find: a name" grep '^vmlinux  unsigned long int_sqrt(unsigned long x);  exported' /tmp/said
	equal "find: JSON" "$(rust-kallsyms --json find name=int_sqrt | sed 's/"exported".*/"exported"/')" \
		'{"module":"vmlinux","prototype":"unsigned long int_sqrt(unsigned long x)","marks":["exported"'
	says "find: a refusal" 1 "no_such_type" rust-kallsyms find takes='struct no_such_type *'
	equal "describe: a type" "$(rust-kallsyms describe 'struct list_head' | sed 1q)" "struct list_head {"
	check "describe: JSON of a type" sh -c \
		"rust-kallsyms --json describe 'struct list_head' | grep '^{\"declaration\":\"struct list_head {\\\\n.*}\$'"
else
	says "find: without the file" 2 "too old for this" rust-kallsyms find name=int_sqrt
fi
says "find: a choice that is none" 2 "find: returned=x: use returns=" rust-kallsyms find returned=x

# watch. Each line comes at once, although there is no terminal.
rust-kallsyms watch >/tmp/watched &
plain=$!
rust-kallsyms --json watch >/tmp/json &
json=$!
sleep 3
insmod ./callee.ko
sleep 3
symbols=$(grep -c '	\[callee\]$' /proc/kallsyms)
equal "watch: a line as soon as a module comes" "$(cat /tmp/watched)" "coming callee symbols=$symbols"
rmmod callee
sleep 3
kill -INT $plain $json
kill $plain $json 2>/dev/null
wait $plain $json
equal "watch: JSON" "$(cat /tmp/json)" "{\"event\":\"coming\",\"module\":\"callee\",\"symbols\":$symbols}
{\"event\":\"going\",\"module\":\"callee\",\"symbols\":$symbols}"
says "watch: too much" 2 "watch takes no arguments" rust-kallsyms watch xfs

# Names of Rust code.
rust=$(awk '$3 ~ /^_RNvM.*7CondVar6notify$/ { print $3 }' /proc/kallsyms | head -n 1)
check "there are names of Rust code" test -n "$rust"
says "demangle: there is nothing for it" 2 "run: apt install binutils" rust-kallsyms list --demangle "filter=$rust"
says "describe: neither" 0 "apt install binutils" rust-kallsyms describe "$rust"
if [ -e ./c++filt ]; then
	cat >/bin/c++filt <<'FILT'
#!/bin/sh
LD_LIBRARY_PATH=/guest exec /guest/c++filt "$@"
FILT
	chmod +x ./c++filt /bin/c++filt
	meaning="<kernel::sync::condvar::CondVar>::notify"
	equal "list --demangle: the name is there still, and what it means" \
		"$(rust-kallsyms list --demangle "filter=$rust" | cut -d' ' -f3,6-)" "$rust demangled=$meaning"
	equal "list --demangle: other lines are as they are" "$(rust-kallsyms list --demangle 'filter=int_s*')" \
		"$(rust-kallsyms list 'filter=int_s*')"
	equal "list --demangle: JSON" "$(rust-kallsyms --json list --demangle "filter=$rust" | sed 's/.*,"demangled"/"demangled"/')" \
		"\"demangled\":\"$meaning\"}"
	equal "describe: what a name means" "$(rust-kallsyms describe "$rust" | sed 's/.* demangled=//')" "$meaning"
	rust-kallsyms list --demangle 'filter=_R*' >/tmp/said
	check "hundreds of names are demangled" test "$(grep -c ' demangled=.*::' /tmp/said)" -gt 500
	equal "all of them" "$(grep -c -v ' demangled=.*::' /tmp/said)" 0
else
	skip "demangling" "there is no c++filt for this architecture in the tool root"
fi

# What bash completes: `completes WORD...`, of which the last is not finished.
if [ -e ./bash ]; then
	chmod +x ./bash
	ln -s /proc/self/fd /dev/fd
	cat >/tmp/complete <<'BASH'
. ./rust-kallsyms.bash-completion
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_rust_kallsyms
echo ${COMPREPLY[*]}
BASH
	completes() { LD_LIBRARY_PATH=/guest ./bash /tmp/complete rust-kallsyms "$@"; }
	equal "completion: commands" "$(completes '')" "call list find describe modules watch --json --help"
	equal "completion: a command" "$(completes --json des)" describe
	equal "completion: a name" "$(completes describe errnam)" "errname"
	equal "completion: names in a call" "$(completes call int_pow)" "int_pow"
	equal "completion: choices" "$(completes list 'fi')" "filter="
	equal "completion: an option" "$(completes list '--')" "--demangle"
	equal "completion: what to find" "$(completes find '')" "returns= takes= name= module= args= limit="
	equal "completion: names to find" "$(completes find name = errnam)" "errname"
	equal "completion: modules to find in" "$(completes find module = vml)" "vmlinux"
	equal "completion: modules" "$(completes list module = rust_k)" "rust_kallsyms"
	equal "completion: kinds" "$(completes list kind = r)" "rodata"
	equal "completion: filters" "$(completes list filter = errnam)" "errname"
	equal "completion: what is no name is left alone" "$(completes describe 'int_sqr;')" ""
else
	skip "completion" "there is no bash for this architecture in the tool root"
fi

tap_end
