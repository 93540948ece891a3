#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compare what the live files `functions` and `lookup` say with what other tools say about the same kernel.

Usage: functions.py ARCH GUEST BTF SYMVERS SOURCE PAHOLE

ARCH is amd64 or arm64, GUEST is the output of the guest in tests/oracle/functions.sh, BTF comes from
`bpftool btf dump … format raw`, SYMVERS is the kernel's Module.symvers, SOURCE is its source, PAHOLE comes from
`pahole -F btf`. Prints a line for each test: 0 or 1, what was tested, and what is wrong.
"""

import functools
import pathlib
import re
import sys

import prototypes as btf

KFUNC = re.compile(r"BTF_ID_FLAGS\(func,\s*(\w+)\s*(?:,([^)]*))?\)")
MARKS = {
    "KF_ACQUIRE": "acquire",
    "KF_RELEASE": "release",
    "KF_RET_NULL": "ret_null",
    "KF_SLEEPABLE": "sleepable",
    "KF_DESTRUCTIVE": "destructive",
    "KF_RCU": "rcu",
    "KF_IMPLICIT_ARGS": "implicit_args",
}
WIDE = 16


def report(what, wrong):
    wrong = sorted(wrong)
    print(int(bool(wrong)), what, "; ".join(wrong[:10]), sep="\t")


def blocks(stream):
    found, lines = {}, []
    for line in stream:
        line = line.rstrip("\n")
        if line.startswith("@@"):
            lines = found.setdefault(line[2:], [])
        else:
            lines.append(line)
    return found


class Line:
    """MODULE  PROTOTYPE;  marks"""

    def __init__(self, text):
        self.module, rest = text.split("  ", 1)
        self.prototype, self.marks = re.fullmatch(r"(.*?);(?:  (.*))?", rest).groups()
        self.marks = self.marks or ""
        self.name = name_of(self.prototype)
        self.single = "no symbol" not in self.marks and "the first of" not in self.marks

    def mark(self, first):
        for mark in self.marks.split(", "):
            if mark.split(" ")[0] == first:
                return mark
        return None


def name_of(prototype):
    return re.match(r"(?:[^(]*[ *]|[^(]*\(\*)(\w+)\(", prototype)[1]


# Types, as C compares them: without typedefs and qualifiers.


def strip(ty):
    while btf.kinds[ty] in btf.QUALIFIERS or btf.kinds[ty] in ("TYPE_TAG", "TYPEDEF"):
        ty = btf.target(ty)
    return ty


@functools.cache
def form(ty, depth=8):
    ty = strip(ty)
    kind = btf.kinds[ty]
    if depth == 0:
        return "?"
    if kind == "PTR":
        return "*" + form(btf.target(ty), depth - 1)
    if kind == "ARRAY":
        return "[" + btf.fields[ty]["nr_elems"] + "]" + form(btf.target(ty), depth - 1)
    if kind == "FUNC_PROTO":
        takes = ",".join(form(id, depth - 1) if id else "..." for _, id in btf.parameters[ty])
        return "(" + form(btf.target(ty), depth - 1) + "(" + takes + "))"
    if kind == "VOID":
        return "void"
    if kind == "FWD":
        kind = btf.fields[ty]["fwd_kind"].upper()
    kind = kind.replace("ENUM64", "ENUM")
    name = btf.names[ty]
    return f"{kind} {ty if name == '(anon)' else name}"


INTEGERS = {short: long for long, short in btf.INTEGERS.items()}


def wanted(text, named):
    """The form of a type in a query."""
    text = text.replace("const ", "")
    stars = text.count("*")
    text = text.replace("*", "").strip()
    words = text.split()
    if words[0] in ("struct", "union", "enum"):
        inner = words[0].upper() + " " + words[1]
    elif text == "void":
        inner = "void"
    elif INTEGERS.get(text, text) in named.get("INT", {}):
        inner = "INT " + INTEGERS.get(text, text)
    else:
        inner = form(named["TYPEDEF"][text])
    return "*" * stars + inner


@functools.cache
def forms(ty):
    """The forms of what a function returns and takes."""
    return form(btf.target(ty)), [form(id) for _, id in btf.parameters[ty] if id]


def search(query, named, wholes, hidden):
    """The names of the functions that a query finds."""
    choices = re.findall(r"(\w+)=(.*?)(?= \w+=|$)", query)
    takes = [wanted(value, named) for key, value in choices if key == "takes"]
    returns = [wanted(value, named) for key, value in choices if key == "returns"]
    count = [int(value) for key, value in choices if key == "args"]
    found = set()
    for function in btf.functions:
        name = btf.names[function]
        for ty in {btf.target(function), wholes.get(name, btf.target(function))}:
            result, parameters = forms(ty)
            if count and len(parameters) != count[0]:
                continue
            if returns and result != returns[0]:
                continue
            if all(parameters.count(one) >= takes.count(one) for one in takes):
                found.add(name)
    return found - hidden


# The stack.


def size(ty):
    ty = strip(ty)
    kind = btf.kinds[ty]
    if kind == "PTR":
        return 8
    if kind == "ARRAY":
        return int(btf.fields[ty]["nr_elems"]) * size(btf.target(ty))
    return int(btf.fields[ty]["size"])


def is_wide(ty):
    """Is it a structure or union that is passed in memory?"""
    return btf.kinds[strip(ty)] in ("STRUCT", "UNION") and size(ty) > WIDE


def stack_amd64(ty):
    registers, bytes = 6 - is_wide(btf.target(ty)), 0
    for _, id in btf.parameters[ty]:
        words = (size(id) + 7) // 8 if id else 0
        if is_wide(id) or words > registers:
            bytes += 8 * words
        else:
            registers -= words
    return bytes


def stack_arm64(ty):
    registers, bytes = 8, 0
    for _, id in btf.parameters[ty]:
        words = (size(id) + 7) // 8 if id else 0
        # A wide argument is copied, and a pointer to the copy is passed.
        words = 1 if is_wide(id) else words
        if words > registers:
            # All further arguments go to the stack, too, even those that would fit.
            registers = 0
            bytes += 8 * words
        else:
            registers -= words
    return bytes


STACKS = {"amd64": stack_amd64, "arm64": stack_arm64}


# Structures.


def squeeze(lines):
    """Declarations with offsets and sizes, by the name of the type; everything else is left out."""
    found, name = {}, None
    for line in lines:
        line = line.rstrip("\n")
        line = re.sub(r"\s*__attribute__\(\((?:[^()]|\([^()]*\))*\)\)", "", line)
        head = re.fullmatch(r"((?:struct|union) \w+) \{", line)
        if head:
            name = head[1]
            found[name] = []
        elif name and line.startswith("}"):
            name = None
        elif name:
            line = re.sub(r"/\* (size: \d+), (?:cachelines: \d+, )?(members: \d+).*", r"\1 \2", line)
            # pahole prints no such line for a union.
            if name.startswith("union") and "size:" in line:
                continue
            if "/*" in line and not re.search(r"/\* +\d+(: *\d+)? +\d+ \*/$", line):
                continue
            for long, short in sorted(btf.INTEGERS.items(), key=lambda item: -len(item[0])):
                line = re.sub(r"\b" + long + r"\b", short, line)
            line = re.sub(r"\s*([*:;(),{}\[\]])\s*", r"\1", line.replace("[0]", "[]"))
            line = re.sub(r"\s+", " ", line).strip()
            # pahole writes the `const` of a pointer before the type that it points to.
            while "*const " in line:
                line = "const " + line.replace("*const ", "*", 1)
            # After bit-fields that do not fill their unit pahole prints one of no bits, which is
            # not in BTF.
            if line and not line.endswith(":0;"):
                found[name].append(line)
    return found


def main():
    arch, guest, dump, symvers, source, pahole = sys.argv[1:]
    sys.setrecursionlimit(10000)
    said = blocks(open(guest, errors="replace"))
    btf.read(open(dump))
    symbols = dict(reversed(line.split(" ")) for line in said["symbols"])
    wholes = dict(btf.implicit(symbols.keys()))
    named = {}
    for id, name in btf.names.items():
        named.setdefault(btf.kinds[id], {}).setdefault(name, id)

    all = [Line(text) for text in said["functions vmlinux"]]
    expected = {}
    for function in btf.functions:
        name = btf.names[function]
        ty = wholes.get(name, btf.target(function))
        expected[name] = btf.declare(btf.target(ty), name + btf.arguments(ty))
    # The `_impl` of a kfunc with implicit arguments only has the prototype; it is a function only
    # if it has a symbol.
    hidden = {name + "_impl" for name in wholes} - symbols.keys()
    for name in hidden:
        expected.pop(name, None)
    lines = {line.name: line for line in all}
    report(f"{len(all)} functions, each once", [] if len(lines) == len(all) > 50000 else [str(len(lines))])
    report("no other functions", lines.keys() - expected.keys())
    report("no function is missing", expected.keys() - lines.keys())
    report("prototypes", [name for name in lines if lines[name].prototype != expected.get(name)])

    single = {name: line for name, line in lines.items() if line.single}
    report("without a symbol", [n for n in lines if ("no symbol" in lines[n].marks) != (n not in symbols)])
    exports = {}
    for line in open(symvers):
        _, name, module, kind, *namespace = line.rstrip("\n").split("\t")
        words = "exported" + (" GPL-only" if kind.endswith("GPL") else "")
        words += f" namespace {namespace[0]}" if namespace and namespace[0] else ""
        exports[module.split("/")[-1], name] = words
    report(
        f"{sum(1 for line in single.values() if line.mark('exported'))} are exported",
        [f"{n}: {line.mark('exported')}" for n, line in single.items() if line.mark("exported") != exports.get(("vmlinux", n))],
    )
    # The list has only one name for each address.
    traceable = {symbols.get(line) for line in said["traceable"] if "[" not in line}
    report(
        f"{sum(1 for line in single.values() if line.mark('traceable'))} are traceable",
        [n for n, line in single.items() if bool(line.mark("traceable")) != (symbols[n] in traceable)],
    )
    module = [Line(text) for text in said["functions nf_tables"]]
    report(f"{len(module)} functions of a module", [] if len(module) > 500 else [str(len(module))])
    report(
        "a module's functions are exported",
        [l.name for l in module if l.single and l.mark("exported") != exports.get(("nf_tables", l.name))],
    )
    traceable = {line.split(" ")[0] for line in said["traceable"] if line.endswith("[nf_tables]")}
    report("and traceable", [l.name for l in module if l.single and bool(l.mark("traceable")) != (l.name in traceable)])

    tagged = {btf.names[int(f["type_id"])] for i, f in btf.fields.items() if btf.kinds[i] == "DECL_TAG" and btf.names[i] == "bpf_kfunc"}
    marked = {name for name, line in lines.items() if line.mark("kfunc")}
    report(f"{len(marked)} kfuncs are tagged as such", marked - tagged)
    flags, unsure = {}, set()
    for path in pathlib.Path(source).glob("*/**/*.c"):
        text = path.read_text(errors="replace")
        for name, words in KFUNC.findall(text):
            these = {MARKS[word] for word in re.findall(r"KF_\w+", words) if word in MARKS}
            if flags.setdefault(name, these) != these:
                flags[name] |= these
    report(f"{len(tagged - marked)} are tagged, but never registered", [] if len(tagged - marked) < 10 else tagged - marked)
    report(
        f"flags of {len(marked & flags.keys())} kfuncs",
        [f"{n}: {lines[n].mark('kfunc')}, {flags[n]}" for n in marked & flags.keys() if set(lines[n].mark("kfunc").split(" ")[1:]) != flags[n]],
    )

    for block, texts in said.items():
        if block.startswith("search "):
            query = block[len("search ") :]
            got = {Line(text).name for text in texts}
            right = search(query, named, wholes, hidden)
            report(f"{query}: {len(got)}", [f"+{n}" for n in got - right] + [f"-{n}" for n in right - got])
            report(f"{query}: something is found", [] if got else ["nothing"])

    by_name = {btf.names[function]: function for function in btf.functions}
    looked = 0
    wrong = []
    for block, texts in said.items():
        if block.startswith("name "):
            name = block[len("name ") :]
            match = re.search(r" stack=(\d+) ", texts[0] if texts else "")
            if match:
                looked += 1
                if int(match[1]) != STACKS[arch](wholes.get(name, btf.target(by_name[name]))):
                    wrong.append(f"{name}: {match[1]}")
    report(f"the stack that the arguments of {looked} functions take", wrong if looked > 50 else ["too few"])

    theirs = squeeze(open(pahole))
    ours = squeeze(line for block, texts in said.items() if block.startswith("type ") for line in texts)
    report(f"{len(ours)} structures and unions", [] if len(ours) >= 50 else ["too few"])
    for name in ours:
        report(f"{name}: {len(ours[name])} lines are the same as pahole's",
               [] if ours[name] == theirs.get(name) else
               [f"line {i}: {a!r} is {b!r}" for i, (a, b) in enumerate(zip(ours[name], theirs.get(name, []))) if a != b] or ["the number of lines"])


if __name__ == "__main__":
    main()
