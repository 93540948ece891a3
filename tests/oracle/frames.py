# SPDX-License-Identifier: GPL-2.0
#
# frames.py LIMIT: reads the disassembly of an object (objdump -dr -C) and prints the functions, with what each uses of
# the stack (what it pushes and what it takes from the stack pointer), that use more than LIMIT bytes; the last line
# says how many functions there were and the most that one uses. Its status is 1 if there are such functions, or none at all.
import re
import sys

limit = int(sys.argv[1])
frames = {}
name = None
for line in sys.stdin:
    if label := re.match(r"[0-9a-f]+ <(.*)>:$", line):
        name = label[1]
        frames.setdefault(name, [0, 0])
        continue
    if name is None:
        continue
    frame = frames[name]
    if re.search(r"\tpush\s", line):
        frame[0] += 8
    for sign, value in re.findall(r"\t(sub|add)\s+\$0x([0-9a-f]+),%rsp", line):
        size = int(value, 16) if sign == "sub" else 2**64 - int(value, 16)
        # An addition of a small number is the way back.
        if size < 2**32:
            frame[1] = max(frame[1], size)
    # The same of arm64.
    if pair := re.search(r"\tstp\s.*\[sp, #-(\d+)\]!", line):
        frame[0] = max(frame[0], int(pair[1]))
    if taken := re.search(r"\tsub\s+sp, sp, #0x([0-9a-f]+)(, lsl #12)?", line):
        frame[1] = max(frame[1], int(taken[1], 16) << (12 if taken[2] else 0))
sizes = sorted(((sum(frame), name) for name, frame in frames.items()), reverse=True)
large = [f"{size} {name}" for size, name in sizes if size > limit]
print(*large, f"{len(sizes)} functions, at most {sizes[0][0] if sizes else 0} bytes", sep="\n")
sys.exit(bool(large) or not any(size for size, _ in sizes))
