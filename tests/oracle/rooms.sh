#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The table of rooms in CONTRIBUTING.md and the picture in docs/design.md are the tree as it is, and
# scripts/circles finds a circle, an arrow that runs back, a full room and a room that it does not
# know.

# shellcheck disable=SC2016 # the backticks are the table's

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

# The rows of the table: the first column.
sed -n '/^| room /,/^$/p' CONTRIBUTING.md | sed 1,2d >"$directory/rows"
cut -d '|' -f 2 "$directory/rows" | grep --only-matching '`[^`]*`' | tr --delete '`' | sort >"$directory/rooms"
missing=$(while read -r room; do [ -e "$room" ] || echo "$room"; done <"$directory/rooms")
check "every room of the table is there ($missing)" test -z "$missing"
missing=$({
	git ls-files | sed -n 's,^\([^./][^/]*/\).*,\1,p'
	git ls-files src | sed -n 's,^\(src/[^/]*/\).*,\1,p'
} | sort --unique | grep --invert-match --line-regexp --fixed-strings --file="$directory/rooms" --regexp='src/' --regexp='LICENSES/')
check "every room has a row in the table ($missing)" test -z "$missing"
# What a row names with a slash at its end is in its room, and all rooms in there are named.
missing=$(while IFS='|' read -r _ room text _; do
	room=$(tr --delete '` ' <<<"$room")
	case $room in
	src/*/,*) continue ;;
	src/*/) ;;
	*) continue ;;
	esac
	comm -3 <(git ls-files "$room" | sed -n "s,^$room\([^/]*/\).*,\1,p" | sort --unique) \
		<(grep --only-matching '`[a-z_]*/`' <<<"$text" | tr --delete '`' | sort) | sed "s,^[[:space:]]*,$room,"
done <"$directory/rows")
check "a row of src/ names the rooms in it ($missing)" test -z "$missing"

# The picture in docs/design.md.
sed -n '/^```rooms$/,/^```$/p' docs/design.md | sed '1d;$d' >"$directory/page"
scripts/enter python3 "$PWD/scripts/circles" --picture >"$directory/picture"
check "docs/design.md has the picture that scripts/circles draws" diff "$directory/picture" "$directory/page"
sed -n '/^## The way of a request$/,/^Text /p' docs/design.md | grep --only-matching '─► *[a-z]*' | grep --only-matching '[a-z]*$' |
	sort --unique >"$directory/named"
missing=$(while read -r room; do grep --quiet "^$room\>" "$directory/picture" || echo "$room"; done <"$directory/named")
check "and the way of a request goes through its rooms ($missing)" test -s "$directory/named" -a -z "$missing"

# circles WHAT SAYS FILE LINE: with this line in a file of a copy, scripts/circles fails and says
# so.
circles() {
	rm -rf "$directory/src"
	cp -r src "$directory/src"
	mkdir -p "$(dirname "$directory/$3")"
	echo "$4" >>"$directory/$3"
	expect "$1" 1 "$2" scripts/enter python3 "$PWD/scripts/circles" "$directory/src"
}
export READABLE=$directory
circles "a circle of files" '^ *.*kallsyms/error.rs -> .*kallsyms/bootstrap.rs' src/kallsyms/bootstrap.rs 'use super::Error;'
circles "an arrow that runs back" 'runs back: .*/print.rs -> .*kptr.rs' src/print.rs 'use crate::kptr::Planted;'
circles "a room that nobody knows" '^planted is not among the ROOMS' src/planted.rs 'use crate::kallsyms::Kallsyms;'
mkdir "$directory/src/planted"
touch "$directory"/src/planted/{a,b,c,d,e,f,g,h,i,j,k}.rs
expect "a room with too many files" 1 '/planted/ has 11 files' scripts/enter python3 "$PWD/scripts/circles" "$directory/src"

tap_end
