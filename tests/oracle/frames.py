# SPDX-License-Identifier: GPL-2.0
#
# frames.py LIMIT: read the disassembly of an object (objdump -dr -C) and print the functions whose
# stack frames (pushes and subtractions from the stack pointer) are larger than LIMIT bytes. The
# last line says how many functions there are and how large the largest frame is. The status is 1 if
# there are such functions, or no functions at all.
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
        # Adding a small number frees the frame again.
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
