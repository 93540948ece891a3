#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The guide to vendoring, examples/README.md, is followed to the letter in an empty directory. Its commands
# and files are taken from the guide itself.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

export CHECKOUT=$PWD
mkdir "$directory/module"
cd "$directory/module" || exit

# The code of the numbered steps is indented by seven spaces. What begins with `$ ` is a command; any other
# block is what belongs into the file that the text before it has named last. The commands go, in their
# order, to $directory/commands.
awk -v directory="$directory" '
/^       / {
	line = substr($0, 8)
	if (line ~ /^\$ /) {
		print substr(line, 3) >(directory "/commands")
		next
	}
	while (blank > 0) {
		print "" >file
		blank--
	}
	print line >file
	written = 1
	next
}
/^$/ {
	blank += written
	next
}
{
	blank = 0
	written = 0
	if (match($0, /file `[^`]*`/)) {
		file = substr($0, RSTART + 6, RLENGTH - 7)
	}
}' "$CHECKOUT/examples/README.md"

check "the guide has commands and files" test "$(wc -l <"$directory/commands")" -ge 3 -a -s Kbuild -a -s crate.rs
while IFS= read -r command <&3; do
	check "$command" bash -c "$command"
done 3<"$directory/commands"
grep --quiet 'processes: [0-9]* processes, [0-9]* context switches' "$directory/output"
tap $? "the last command shows the line that the loaded module logs"

tap_end
