#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Follow the guide to vendoring, docs/library.md, literally in an empty directory. The commands
# and files are extracted from the guide.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

export CHECKOUT=$PWD
mkdir "$directory/module"
cd "$directory/module" || exit

awk -v directory="$directory" -f "$CHECKOUT/tests/guide.awk" "$CHECKOUT/docs/library.md"

check "the guide has commands and files" test "$(wc -l <"$directory/commands")" -ge 3 -a -s Kbuild -a -s crate.rs
while IFS= read -r command <&3; do
	check "$command" bash -c "$command"
done 3<"$directory/commands"
grep --quiet 'processes: [0-9]* processes, [0-9]* context switches' "$directory/output"
tap $? "the last command shows the line that the loaded module logs"

tap_end
