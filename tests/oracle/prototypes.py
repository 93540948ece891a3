#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Print the prototypes of all functions in a kernel's BTF as C; reads `bpftool btf dump … format raw`.

Usage: prototypes.py SYMBOLS [implicit], where the file SYMBOLS has the names of the kernel's symbols that end in _impl.

It shares nothing with the library: bpftool parses the BTF, and C's declarations are written by different code.
"""

import re
import sys

LINE = re.compile(r"\[(\d+)\] (\w+) '(.*?)'(.*)")
MEMBER = re.compile(r"\t'(.*)' type_id=(\d+)$")
PLACED = re.compile(r"\t'.*' type_id=(\d+) bits_offset=(\d+)(?: bitfield_size=(\d+))?$")
FIELD = re.compile(r"(\w+)=(\S+)")
INTEGERS = {
    "_Bool": "bool",
    "short int": "short",
    "short unsigned int": "unsigned short",
    "long int": "long",
    "long unsigned int": "unsigned long",
    "long long int": "long long",
    "long long unsigned int": "unsigned long long",
}
QUALIFIERS = {"CONST": "const", "VOLATILE": "volatile", "RESTRICT": "restrict"}

kinds, names, fields, parameters = {0: "VOID"}, {}, {}, {}
# Of each structure and union, the members: their types, where they begin, and how many bits a
# bit-field has.
members = {}
functions = []


def read(stream):
    current = 0
    for line in stream:
        match = LINE.match(line)
        if match:
            current = int(match[1])
            kinds[current], names[current] = match[2], match[3]
            fields[current] = dict(FIELD.findall(match[4]))
            parameters[current], members[current] = [], []
            if match[2] == "FUNC":
                functions.append(current)
        elif kinds.get(current) == "FUNC_PROTO":
            name, ty = MEMBER.match(line).groups()
            parameters[current].append(("" if name == "(anon)" else name, int(ty)))
        elif kinds.get(current) in ("STRUCT", "UNION"):
            members[current].append(tuple(int(number or 0) for number in PLACED.match(line).groups()))


def target(ty):
    return int(fields[ty].get("type_id", fields[ty].get("ret_type_id", 0)))


def split(ty):
    """The qualifiers of a type, and the type without them."""
    seen = set()
    while kinds[ty] in QUALIFIERS or kinds[ty] == "TYPE_TAG":
        if kinds[ty] in QUALIFIERS:
            seen.add(QUALIFIERS[kinds[ty]])
        ty = target(ty)
    return [word for word in QUALIFIERS.values() if word in seen], ty


def base(ty):
    kind = kinds[ty]
    name = names.get(ty, "(anon)")
    name = "{...}" if name == "(anon)" else name
    if kind == "VOID":
        return "void"
    if kind in ("STRUCT", "UNION"):
        return kind.lower() + " " + name
    if kind in ("ENUM", "ENUM64"):
        return "enum " + name
    if kind == "FWD":
        return fields[ty]["fwd_kind"] + " " + name
    return INTEGERS.get(name, name)


def declare(ty, inner):
    """Declare `inner`, which may be empty, to be of type `ty`."""
    words, ty = split(ty)
    kind = kinds[ty]
    if kind == "PTR":
        pointed = split(target(ty))[1]
        # There is no space between `*` and a name, and one between `const` and a name.
        text = "*" + "".join(" " + word for word in words)
        text += (" " if words and inner else "") + inner
        if kinds[pointed] in ("FUNC_PROTO", "ARRAY"):
            text = "(" + text + ")"
        return declare(target(ty), text)
    if kind == "FUNC_PROTO":
        return declare(target(ty), inner + arguments(ty))
    if kind == "ARRAY":
        return declare(target(ty), inner + "[" + fields[ty]["nr_elems"] + "]")
    text = " ".join(words + [base(ty)])
    return text + " " + inner if inner and not inner.startswith("[") else text + inner


def arguments(ty):
    all = ["..." if not id else declare(id, name) for name, id in parameters[ty]]
    return "(" + (", ".join(all) or "void") + ")"


def implicit(symbols):
    """For each kfunc with implicit arguments: what has them in the place of what BPF programs write.

    resolve_btfids adds NAME_impl to the BTF for it, of which the kernel has no symbol. (It has pairs of functions with
    such names, too.) The types are not compared, since that is what the library does.
    """
    by_name = {names[function]: target(function) for function in functions}
    for name in by_name:
        whole = name + "_impl"
        if whole not in by_name:
            continue
        # An older kfunc of that name stands for it where there is one: with arguments that the
        # verifier ignores.
        ignored = any(argument.endswith("__ign") for argument, _ in parameters[by_name[whole]])
        if ignored or whole not in symbols:
            yield name, by_name[whole]


if __name__ == "__main__":
    sys.setrecursionlimit(10000)
    read(sys.stdin)
    with open(sys.argv[1]) as symbols:
        wholes = dict(implicit(set(symbols.read().split())))
    if sys.argv[2:] == ["implicit"]:
        print(*wholes, sep="\n")
        sys.exit()
    for function in functions:
        ty = wholes.get(names[function], target(function))
        print(declare(target(ty), names[function] + arguments(ty)))
