# SPDX-License-Identifier: GPL-2.0
#
# Takes the steps of the guide to vendoring, examples/README.md, apart: its files go to the working directory, and
# its commands, in their order, to the file `commands` in `directory`.
#
# The code of the numbered steps is indented by seven spaces. What begins with `$ ` is a command; any other block is
# what belongs into the file that the text before it has named last.
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
}
