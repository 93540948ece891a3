#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the command prints with --json is JSON, and has the form that its schema says:
# python3-jsonschema judges it.
#
# Usage: tests/oracle/json.sh DIRECTORY

set -euo pipefail
# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

command=$(scripts/command)
cat >"$directory/script" <<'GUEST'
sysctl -q -w kernel.kptr_restrict=0
chmod +x ./rust-kallsyms
modprobe nf_tables
insmod "$MODULE" || exit
# ask FORM WORD...: what the words give, each line after the form that it must have.
ask() {
	form=$1
	shift
	./rust-kallsyms --json "$@" 2>&1 | sed "s/^/$form /"
}
# It sleeps while the others are asked, and holds the module.
./rust-kallsyms call 'msleep(30000)' >/dev/null 2>&1 &
until ./rust-kallsyms calls | grep -q '^    msleep+'; do sleep 1; done
ask running calls
kill -INT $!
wait $!
ask running calls
while read -r expression; do
	ask evaluation call "$expression"
done <<'EXPRESSIONS'
int_sqrt(144)
kstrtoint("42", 10, out)
kstrtoint("x", 10, out)
sha256("abc", 3, out[32])
in4_pton("18.52.86.120", -1, out[4], -1, NULL)
find_task_by_vpid(1)
find_task_by_vpid(1)->comm
find_task_by_vpid(1)->mm
find_task_by_vpid(2)->mm
*find_task_by_vpid(1)
*find_task_by_vpid(1)->mm
*find_vpid(1)
find_task_by_vpid(1)->tasks
find_task_by_vpid(1)->cpus_mask
(*(struct uts_namespace *)&init_uts_ns).name
*__dev_get_by_name(&init_net, "lo")
pid_task(find_vpid(1), PIDTYPE_TGID)
PIDTYPE_TGID
-1UL
1 == 1
mac_pton("52:54:00:12:34:56", out[6])
ns_to_timespec64(1500000000)
time64_to_tm(86400, 0, out)
errname(22)
filp_open("/nowhere", 0, 0)
EXPRESSIONS
ask columns call 'for_each_process(t) if (t->pid < 3) t->pid, t->comm, t->mm, t->se.vruntime'
ask repeated call -n 3 'int_sqrt(144)'
ask symbol list 'tcp_v4_*'
ask symbol list --demangle '_RNvM*' limit=20
ask symbol describe init_once
ask symbol describe vfs_read
ask symbol describe "0x$(grep ' int_sqrt$' /proc/kallsyms | cut -d' ' -f1)"
ask function find returns='struct pid *'
ask function find module=nf_tables
ask function find name='*printk*'
for type in 'struct task_struct' 'union bpf_attr' 'struct sk_buff' atomic_t; do
	ask structure describe "$type"
done
ask enumeration describe 'enum pid_type'
ask plainType describe pid_t
ask member describe 'struct task_struct.se.vruntime'
ask module modules
ask error call 'int_sqrt(1, 2)'
ask error call 'pid_vnr(find_vpi(1))'
ask error describe vfs_raed
ask error list no_such_symbol
ask error find returns='struct net_device'
ask error list nam=x
./rust-kallsyms --json watch >/tmp/watched &
sleep 2
modprobe loop
sleep 3
kill $!
sed 's/^/event /' /tmp/watched
until rmmod rust_kallsyms; do sleep 1; done
ask error modules
GUEST

check "the guest's answers" scripts/guest --module "$1/rust_kallsyms.ko" --file "$command/rust-kallsyms" \
	--timeout 300 --console "$directory/console" "$directory/script"
cp "$directory/output" "$directory/answers"
cat >"$directory/judge.py" <<'JUDGE'
import collections, json, sys
import jsonschema

schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
whole = jsonschema.Draft202012Validator(schema)
counts = collections.Counter()
wrong = collections.defaultdict(list)
known = {form["$ref"].rsplit("/", 1)[1] for form in schema["oneOf"]}
for line in open(sys.argv[2], encoding="utf-8"):
    form, _, text = line.partition(" ")
    if form not in known:
        continue
    counts[form] += 1
    part = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{form}", "$defs": schema["$defs"]})
    try:
        answer = json.loads(text)
    except ValueError as error:
        wrong[form].append(f"{error}: {text[:300]}")
        continue
    # Exactly one form fits, and it is the one.
    errors = list(part.iter_errors(answer)) or list(whole.iter_errors(answer))
    if errors:
        wrong[form].append(f"{errors[0].message[:300]}: {text[:300]}")
for form in sorted(known):
    good = counts[form] > 0 and not wrong[form]
    print(f"{'ok' if good else 'not ok'} - {counts[form]} answers of the form {form}")
    for error in wrong[form][:5]:
        print("#", error.strip())
JUDGE
READABLE=$directory ROOT_KIND=command scripts/enter python3 "$directory/judge.py" \
	"$PWD/tools/rust-kallsyms/answers.schema.json" "$directory/answers" >"$directory/judged" 2>&1 ||
	sed 's/^/# /' "$directory/judged"
while IFS= read -r line; do
	case $line in
	'ok - '*) tap 0 "${line#ok - }" ;;
	'not ok - '*) tap 1 "${line#not ok - }" ;;
	*) echo "$line" ;;
	esac
done <"$directory/judged"
# The schema allows a stack that the reader may not see.
[ "$(grep --count '^running {"function":"msleep",.*,"stack":\["msleep+0x' "$directory/answers")" -eq 2 ]
tap $? "where a call is, awaited and abandoned"
grep --quiet '^ok - ' "$directory/judged"
tap $? "the answers are judged"
tap_end
