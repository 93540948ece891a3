# SPDX-License-Identifier: GPL-2.0
#
# generate: print random, well-typed expressions that read memory and call no functions, made from
# the kernel's types.
#
# Usage: bpftool btf dump file VMLINUX format raw | python3 generate.py SEED COUNT
#
# An expression begins with a per-CPU variable or a symbol whose type is known. It follows members,
# pointers and elements, with a cast to another type now and then, and may end with C's operators.
# For the same kernel, the same seed gives the same expressions.

import random
import re
import sys

# Data symbols and their structures. Symbols whose type the kernel does not have are not used.
SYMBOLS = {
    "init_task": "task_struct",
    "init_net": "net",
    "init_user_ns": "user_namespace",
    "init_pid_ns": "pid_namespace",
    "init_uts_ns": "uts_namespace",
    "init_mm": "mm_struct",
    "init_cred": "cred",
    "init_files": "files_struct",
    "init_css_set": "css_set",
    "cgrp_dfl_root": "cgroup_root",
    "root_task_group": "task_group",
    "iomem_resource": "resource",
    "ioport_resource": "resource",
    "tcp_prot": "proto",
    "udp_prot": "proto",
    "inet_stream_ops": "proto_ops",
    "platform_bus": "device",
    "platform_bus_type": "bus_type",
    "super_blocks": "list_head",
    "slab_caches": "list_head",
}
LAYERS = ("TYPEDEF", "CONST", "VOLATILE", "RESTRICT", "TYPE_TAG")
NUMBERS = ("u8", "s8", "u16", "s16", "u32", "int", "unsigned int", "long", "u64", "bool")


class Type:
    """One type of the BTF."""

    def __init__(self, kind, name, fields):
        self.kind, self.name = kind, name
        self.target = int(fields.get("type_id", 0))
        self.count = int(fields.get("nr_elems", 0))
        self.bytes = int(fields.get("size", 0))
        self.members = []


class Expression:
    """A text, its type, and whether it is in memory (and no bit-field)."""

    def __init__(self, text, ty, there):
        self.text, self.ty, self.there = text, ty, there


class Generator:
    def __init__(self, lines, seed):
        self.random = random.Random(seed)
        self.types = {0: Type("VOID", "", {})}
        self.variables = []
        for line in lines:
            head = re.match(r"\[(\d+)\] (\w+) '(.*?)' ?(.*)", line)
            member = re.match(r"\t'(.*?)' type_id=(\d+) bits_offset=\d+(?: bitfield_size=(\d+))?", line)
            fields = dict(re.findall(r"(\w+)=([^\s,]+)", head[4])) if head else {}
            if head:
                ty = Type(head[2], head[3].replace("(anon)", ""), fields)
                self.types[int(head[1])] = ty
                if ty.kind == "VAR":
                    self.variables.append((ty.name, ty.target))
            elif member:
                name = member[1].replace("(anon)", "")
                ty.members.append((name, int(member[2]), bool(int(member[3] or 0))))
        self.structures = {}
        several = set()
        for number, ty in self.types.items():
            if ty.kind == "STRUCT" and ty.name and ty.bytes:
                if self.structures.setdefault(ty.name, number) != number:
                    several.add(ty.name)
        # A cast to what there are several of is an error.
        for name in several:
            del self.structures[name]
        self.names = sorted(self.structures)
        self.symbols = [(symbol, of) for symbol, of in SYMBOLS.items() if of in self.structures]

    def strip(self, number):
        while self.types[number].kind in LAYERS:
            number = self.types[number].target
        return number

    def kind(self, number):
        return self.types[self.strip(number)].kind

    def size(self, number):
        ty = self.types[self.strip(number)]
        if ty.kind == "ARRAY":
            return ty.count * self.size(ty.target)
        return 8 if ty.kind == "PTR" else ty.bytes

    def is_number(self, number):
        return self.kind(number) in ("INT", "ENUM", "ENUM64") and 0 < self.size(number) <= 8

    def members(self, number):
        """The members that a structure has by name, also those of what has none in it."""
        found = []
        for name, ty, bits in self.types[self.strip(number)].members:
            if name:
                found.append((name, ty, bits))
            elif self.kind(ty) in ("STRUCT", "UNION"):
                found += self.members(ty)
        return found

    def begin(self):
        """Something in memory."""
        choice = self.random.random()
        name, ty = self.random.choice(self.variables)
        variable = Expression(f"per_cpu({name}, 0)", ty, True)
        if choice < 0.5:
            return variable
        if choice < 0.8:
            # Some symbols have more room than the structure, and so want the other cast first.
            symbol, of = self.random.choice(self.symbols)
            return Expression(f"(*(struct {of} *)(void *)&{symbol})", self.structures[of], True)
        other = self.random.choice(self.names)
        return Expression(f"(*(struct {other} *)&{variable.text})", self.structures[other], True)

    def step(self, it):
        """A part of it or what it points to; None if there is neither."""
        ty = self.types[self.strip(it.ty)]
        if ty.kind in ("STRUCT", "UNION"):
            members = self.members(it.ty)
            if members:
                name, to, bits = self.random.choice(members)
                return Expression(f"{it.text}.{name}", to, not bits)
        elif ty.kind == "ARRAY" and self.size(it.ty):
            index = self.random.randrange(self.random.choice((1, ty.count)))
            return Expression(f"{it.text}[{index}]", ty.target, True)
        elif ty.kind == "PTR" and self.size(ty.target):
            members = self.members(ty.target)
            if members and self.random.random() < 0.8:
                name, to, bits = self.random.choice(members)
                return Expression(f"{it.text}->{name}", to, not bits)
            if self.random.random() < 0.7:
                return Expression(f"(*{it.text})", ty.target, True)
            return Expression(f"{it.text}[{self.random.randrange(4)}]", ty.target, True)
        elif ty.kind == "PTR" and self.random.random() < 0.5:
            other = self.random.choice(self.names)
            return Expression(f"(*(struct {other} *){it.text})", self.structures[other], True)
        return None

    def walk(self):
        it = self.begin()
        for _ in range(self.random.randrange(9)):
            further = self.step(it)
            if further is None:
                break
            it = further
        return it

    def number(self, depth):
        """A number, computed or read."""
        choice = self.random.random()
        if choice < 0.2:
            return str(self.random.choice((0, 1, 2, 7, 255, 65536, 4294967295, "0x7fUL", "'a'", "-1")))
        if choice < 0.3:
            return f"sizeof(struct {self.random.choice(self.names)})"
        if depth and choice < 0.6:
            return f"({self.operation(depth - 1)})"
        for _ in range(20):
            it = self.walk()
            if self.is_number(it.ty):
                return it.text
        return "3"

    def operation(self, depth):
        a, b = self.number(depth), self.number(depth)
        which = self.random.randrange(6)
        if which == 0:
            return f"{self.random.choice('-~!+')}{a}" if a[0] not in "-+" else f"!({a})"
        if which == 1:
            return f"({self.random.choice(NUMBERS)})({a})"
        if which == 2:
            return f"{a} {self.random.choice(('<<', '>>'))} {self.random.randrange(32)}"
        if which == 3:
            return f"{a} {self.random.choice(('/', '%'))} (({b}) | 1)"
        if which == 4:
            return f"{a} ? {b} : {self.number(depth)}"
        signs = ("+", "-", "*", "&", "|", "^", "<", ">", "<=", ">=", "==", "!=", "&&", "||")
        return f"{a} {self.random.choice(signs)} {b}"

    def list_loop(self):
        """A loop over what may be a list, whose elements may be anything."""
        for _ in range(50):
            head = self.walk()
            if not head.there or self.types[self.strip(head.ty)].name != "list_head":
                continue
            of = self.random.choice(self.names)
            lists = [
                name
                for name, ty, bits in self.members(self.structures[of])
                if not bits and self.types[self.strip(ty)].name == "list_head"
            ]
            numbers = [
                name for name, ty, _ in self.members(self.structures[of]) if self.is_number(ty)
            ]
            if lists and numbers:
                return (
                    f"timeout=2 list_for_each_entry(struct {of} *q, &{head.text}, "
                    f"{self.random.choice(lists)}) q->{self.random.choice(numbers)}, q"
                )
        return self.counting()

    def counting(self):
        """A loop that counts."""
        turns, stop = self.random.randrange(40), self.random.randrange(40)
        value = self.number(1)
        return self.random.choice((
            f"n = 0; for (i = 0; i < {turns}; i++) n += {value}; n, i",
            f"for (i = 0; i < {turns}; i++) {{ if (i % 3) continue; i, {value} }}",
            f"i = 0; while (1) {{ if (i++ >= {stop}) break; /x {value}, {self.number(0)} }}",
            f"long v[{turns + 1}]; v[{turns}] = {value}; *v@{turns + 1}",
            f"a = {value}; if (a) {{ b = a; b, {self.number(0)} }} else a // {turns}",
        ))

    def program(self):
        return self.list_loop() if self.random.random() < 0.5 else self.counting()

    def expression(self):
        if self.random.random() < 0.25:
            return self.program()
        if self.random.random() < 0.3:
            return self.operation(2)
        it = self.walk()
        kind = self.kind(it.ty)
        choice = self.random.random()
        if it.there and choice < 0.15:
            return f"&{it.text}"
        if kind == "PTR" and choice < 0.5:
            other = self.walk()
            return self.random.choice((
                f"{it.text} == NULL",
                f"!{it.text}",
                f"(unsigned long){it.text} >> 3",
                f"(char *){it.text} + 1",
                f"{it.text} ? {it.text} : NULL",
                f"(void *){it.text} != (void *)&{other.text}" if other.there else f"0 || {it.text}",
            ))
        if kind in ("STRUCT", "UNION", "ARRAY") and not 0 < self.size(it.ty) <= 64 << 10:
            return f"&{it.text}" if it.there else it.text
        if kind in ("FWD", "VOID", "FUNC_PROTO") or (kind == "INT" and not self.is_number(it.ty)):
            return f"&{it.text}"
        return it.text


def main():
    generator = Generator(sys.stdin, int(sys.argv[1]))
    count = int(sys.argv[2])
    while count > 0:
        text = generator.expression()
        # What a write to the file takes.
        if len(text) < 2000:
            print(text)
            count -= 1


main()
