#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Say which functions need `unsafe`, and why, by other means than the module's.

Usage: classes.py ARCH RULES KERNEL BTF GUEST PAGE

ARCH is amd64 or arm64, RULES the directory src/call/rules, KERNEL the kernel's source with its vmlinux, BTF comes from
`bpftool btf dump … format raw`, GUEST is the output of the guest in tests/oracle/functions.sh, PAGE is
docs/reference.md. The patterns are read from RULES as text; all that they are applied to is read from the BTF,
/proc/kallsyms and the machine code by other programs. Prints a line for each test: 0 or 1, what was tested, what is wrong.
"""

import bisect
import collections
import fnmatch
import pathlib
import re
import subprocess
import sys

import functions as live
import prototypes as btf

NOT_CALLABLE = "cannot be called"
CALLABLE = "can be called"
NO_PROTOTYPE = "the kernel has no prototype of it"
NEVER = "it never returns"
NOINSTR = "it is noinstr text, which must not be called"
VARIABLE = "it takes variable arguments"
MAX_ARGUMENTS = 12


def name_classes(rules):
    """The classes that names tell, in order: why, and a regular expression."""
    text = (rules / "classes.rs").read_text()
    table = text[text.index("const BY_NAME") : text.index("\n];")]
    for what, names in re.findall(r'what: "([^"]*)",\s*names: &\[(.*?)\]', table, re.S):
        globs = re.findall(r'c"([^"]*)"', names)
        yield what, re.compile("|".join(fnmatch.translate(glob) for glob in globs))


def printf_like(rules):
    text = (rules / "known_parameters.rs").read_text()
    table = text[text.index("const PRINTF_LIKE") :]
    return set(re.findall(r'c"([^"]*)"', table[: table.index("];")]))


def alignment(ty):
    """To how many bytes a type is aligned; None where its members do not explain its size."""
    ty = live.strip(ty)
    kind = btf.kinds[ty]
    if kind == "ARRAY":
        return alignment(btf.target(ty))
    if kind == "FLOAT":
        return None
    if kind not in ("STRUCT", "UNION"):
        return live.size(ty) if live.size(ty) in (1, 2, 4, 8, 16) else None
    most, end = 1, 0
    for member, offset, bits in btf.members[ty]:
        align = alignment(member)
        if align is None or not bits and offset % (8 * align):
            return None
        most = max(most, align)
        end = max(end, (offset + bits + 7) // 8 if bits else offset // 8 + live.size(member))
    return most if (end + most - 1) // most * most == live.size(ty) else None


def travels(ty):
    """Does a value go in registers?"""
    if not ty:
        return True
    ty = live.strip(ty)
    kind = btf.kinds[ty]
    if kind == "FLOAT":
        return False
    if kind in ("STRUCT", "UNION"):
        return 0 < live.size(ty) <= live.WIDE and alignment(ty) is not None
    return kind in ("VOID", "PTR", "ENUM", "ENUM64") or live.size(ty) <= live.WIDE


def tag(ty):
    ty = live.strip(ty)
    return "" if btf.kinds[ty] == "VOID" else btf.names[ty]


def pointee(ty):
    ty = live.strip(ty)
    return btf.target(ty) if btf.kinds[ty] == "PTR" else None


def plain(ty):
    """A type without its qualifiers, but not without its typedefs."""
    return btf.split(ty)[1]


def is_va_list(ty):
    target = pointee(ty)
    ty = live.strip(ty if target is None else target)
    if btf.kinds[ty] == "ARRAY":
        ty = live.strip(btf.target(ty))
    return tag(ty) in ("__va_list_tag", "__va_list", "va_format")


def of_prototype(ty):
    """The class that a prototype tells."""
    result, taken = btf.target(ty), [id for _, id in btf.parameters[ty] if id]
    pointees = [None if pointee(id) is None else tag(pointee(id)) for id in taken]
    if any(map(is_va_list, taken)):
        return VARIABLE
    if pointees == ["pt_regs"] and result and btf.names.get(plain(result)) == "long int":
        return "it is a system call, which takes the registers of a process"
    if len(taken) == 5 and all(btf.names.get(plain(id)) == "u64" for id in [result, *taken]):
        return "it is for BPF programs, which pass pointers as numbers"
    returns_pointer = pointee(result) is not None and tag(pointee(result)) == "" if result else False
    if pointees == ["seq_file", "long long int"] and returns_pointer or pointees == ["seq_file", ""] and not result:
        return "it begins or ends a walk through a file, and may take or release a lock"
    for name, id in btf.parameters[ty]:
        if id and btf.kinds[live.strip(id)] == "INT":
            typedef = btf.names.get(plain(id))
            if name.endswith("pfn") or typedef in ("phys_addr_t", "acpi_physical_address"):
                return "it takes physical memory by a number"
    return None


class Code:
    """The machine code of vmlinux."""

    def __init__(self, arch, vmlinux, symbols):
        self.arch, self.vmlinux = arch, vmlinux
        sections = subprocess.run(["readelf", "--sections", "--wide", vmlinux], capture_output=True, text=True, check=True).stdout
        linked = int(re.search(r" \.text +PROGBITS +([0-9a-f]+)", sections)[1], 16)
        self.slide = symbols["_stext" if arch == "arm64" else "_text"] - linked
        self.addresses = sorted(set(symbols.values()))

    def returns(self, address):
        """Is there a way back in the function: an instruction that returns, or a jump that leaves it?"""
        end = self.addresses[bisect.bisect_right(self.addresses, address)]
        begin, end = address - self.slide, end - self.slide
        text = subprocess.run(
            ["objdump" if self.arch == "amd64" else "aarch64-linux-gnu-objdump", "--disassemble", "--no-show-raw-insn",
             f"--start-address={begin:#x}", f"--stop-address={end:#x}", self.vmlinux],
            capture_output=True, text=True, check=True).stdout
        for line in text.splitlines():
            match = re.match(r"\s*([0-9a-f]+):\s+(?:cs |ds |notrack )*(\S+)\s*(\S*)", line)
            if not match:
                continue
            _, name, operand = match.groups()
            if re.fullmatch(r"ret[fnqlw]?|lret|iretq?|sysret\w*|sysexit\w*|eret|retaa|retab", name):
                return True
            if re.fullmatch(r"j\w+|b|b\.\w+|br\w*|cbn?z|tbn?z|loop\w*", name):
                target = re.search(r"\b(?:0x)?([0-9a-f]{8,16})\b", line.split(name, 1)[1])
                if not target or not begin <= int(target[1], 16) < end:
                    return True
        return False


def main():
    arch, rules, kernel, dump, guest, page = sys.argv[1:]
    rules, kernel = pathlib.Path(rules), pathlib.Path(kernel)
    sys.setrecursionlimit(10000)
    said = live.blocks(open(guest, errors="replace"))
    btf.read(open(dump))
    symbols = {}
    for line in said["symbols"]:
        address, name = line.split(" ")
        symbols.setdefault(name, int(address, 16))
    wholes = dict(btf.implicit(symbols.keys()))
    classes, formats = list(name_classes(rules)), printf_like(rules)
    noreturns = set(re.findall(r"^NORETURN\((\w+)\)", (kernel / "tools/objtool/noreturns.h").read_text(), re.M))
    code = Code(arch, str(kernel / "vmlinux"), symbols)
    traceable = {symbols.get(line) for line in said["traceable"] if "[" not in line}
    between = lambda address, first, last: symbols.get(first, 0) <= address < symbols.get(last, 0)

    def expected(name, ty):
        """What is known of a call, machine code aside."""
        address = symbols[name]
        if not between(address, "_stext", "_etext"):
            return NOT_CALLABLE
        if between(address, "__entry_text_start", "__entry_text_end"):
            return NOT_CALLABLE
        if name in noreturns:
            return NEVER
        if between(address, "__noinstr_text_start", "__noinstr_text_end"):
            return NOINSTR
        by_name = next((what for what, names in classes if names.match(name)), None)
        nothing = not btf.parameters[ty] and not btf.target(ty)
        padded = {symbols.get(prefix + name, 1 << 64) < address for prefix in ("__pfx_", "__cfi_")}
        if nothing and address not in traceable and True not in padded:
            return by_name or NO_PROTOTYPE
        ids = [id for _, id in btf.parameters[ty] if id]
        if len(ids) > MAX_ARGUMENTS or not all(map(travels, [btf.target(ty), *ids])):
            return NOT_CALLABLE
        variadic = any(not id for _, id in btf.parameters[ty])
        return by_name or of_prototype(ty) or (VARIABLE if variadic and name not in formats else CALLABLE)

    lines = [live.Line(text) for text in said["functions vmlinux"]]
    types = {btf.names[function]: btf.target(function) for function in btf.functions}
    counted, wrong, never, checked = collections.Counter(), [], [], 0
    for line in lines:
        if "no symbol" in line.marks:
            continue
        got = CALLABLE
        mark = re.search(r"(no call|unsafe) \((.*?)\)(?:,|$)", line.marks)
        if mark:
            got = NOT_CALLABLE if mark[1] == "no call" else mark[2]
        right = expected(line.name, wholes.get(line.name, types[line.name]))
        # Only machine code tells that one does not return which the kernel's list does not have. It
        # is looked at where the module says so, and of a sample of the others.
        if right != NOT_CALLABLE and right not in (NEVER, NOINSTR, *(what for what, _ in classes)):
            says_so = got == NEVER
            if says_so or len(line.name) % 4 == 1 and hash_of(line.name) % 100 == 0:
                checked += 1
                if code.returns(symbols[line.name]) == says_so:
                    never.append(line.name)
                elif says_so:
                    right = NEVER
        counted[right] += 1
        if got != right:
            wrong.append(f"{line.name}: {got}, not {right}")
    total = sum(counted.values())
    live.report(f"{total} functions are of the classes that their names, types and places say", wrong if total > 50000 else ["too few"])
    live.report(f"the code of {checked} functions has a way back where the module says so", never)

    text = pathlib.Path(page).read_text()
    release = re.search(r"^How many functions of the kernel `(.*)` can be called", text, re.M)[1]
    rows = dict(re.findall(r"^\| (can be called|cannot be called|need `unsafe`: .*?) \| (\d+) \|$", text, re.M))
    if release != said["release"][0]:
        print(0, "the page's numbers # SKIP the page is about another kernel", "", sep="\t")
        return
    ours = {what if what in (CALLABLE, NOT_CALLABLE) else f"need `unsafe`: {what}": str(count) for what, count in counted.items()}
    live.report("the page has these numbers", [f"{what}: {rows.get(what)}, not {ours.get(what)}" for what in rows.keys() | ours.keys() if rows.get(what) != ours.get(what)])


def hash_of(name):
    """A number that is the same each time."""
    return sum(ord(letter) * (index + 1) for index, letter in enumerate(name))


if __name__ == "__main__":
    main()
