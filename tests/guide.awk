# SPDX-License-Identifier: GPL-2.0
#
# Extract the steps of the guide to vendoring, docs/library.md: its files go to the working
# directory, and its commands, in order, to the file `commands` in `directory`.
#
# The code in the numbered steps is indented by seven spaces. A line that begins with `$ ` is a
# command; any other block is the content of the file that the text has named last.
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
