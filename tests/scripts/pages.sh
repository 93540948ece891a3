#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What README.md, CONTRIBUTING.md and docs/ name is there: links and their anchors, files, targets
# and settings of make. README.md is short, and every page begins with its terms.
#
# (The samples are for guest/docs.)

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

pages=(README.md CONTRIBUTING.md tests/README.md docs/*.md)

# anchors PAGE: print what its headings can be reached by.
anchors() {
	sed -n 's/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# dead_links PAGE: print the links that lead nowhere.
dead_links() {
	local to file
	grep --only-matching ']([^)]*)' "$1" | sed 's/^](\(.*\))$/\1/' | while read -r to; do
		case $to in
		https://*) continue ;;
		'#'*) file=$1 ;;
		*) file=$(dirname "$1")/${to%%#*} ;;
		esac
		if [ ! -e "$file" ]; then
			echo "$to"
		elif [[ $to == *'#'* ]]; then
			anchors "$file" | grep --quiet --line-regexp --fixed-strings -e "${to#*#}" || echo "$to"
		fi
	done
}

kernel=$(scripts/kernel)

# lost_files PAGE: print the files of this checkout, or of the kernel's source, that it names and
# that are not there. (Words in capitals stand for something else; a test has its name without
# `.sh`.)
lost_files() {
	local file found
	# shellcheck disable=SC2016 # these are the back quotes of the page
	grep --only-matching --extended-regexp '(^|[ `("]|\.\./)(src|bindings|docs|examples|packaging|scripts|tests|tools)/[A-Za-z0-9_./-]*[a-z0-9]' "$1" |
		sed 's/^[^a-z]*//' | grep --invert-match '[A-Z]\{3\}\|\.k\{0,1\}o$' | grep --line-regexp --regexp='[^/].*' | sort --unique |
		while read -r file; do
			for found in "$file" {"$(dirname "$1")","$kernel/build"}/"$file"{,.sh}; do
				[ ! -e "$found" ] || continue 2
			done
			echo "$file"
		done
}

# commands PAGE: print the arguments of make, a line for each command.
commands() {
	# shellcheck disable=SC2016 # these are the back quotes of the page
	grep --only-matching --extended-regexp '(^ {4,}|`|&& |^# )(sudo )?([A-Z_]+=[^ `]* )*make( [^`#&;|,)]+|$)' "$1" |
		sed 's/^[ `&#]*//' | grep --invert-match ' -C '
}

# Targets of other makefiles, and settings that are the compilers' or the kernel's own.
others='bindeb-pkg|binrpm-pkg|pacman-pkg|modules_prepare|modules_install|defconfig'
make help >"$directory/help"
sed -n 's/^\.PHONY: //p' Makefile >"$directory/targets"
sed -n '/^Settings:/,$s/^  \([A-Z_, ]*[A-Z]\)  .*/\1/p' "$directory/help" | tr --delete ' ' | tr ',' '\n' >"$directory/settings"

for page in "${pages[@]}"; do
	found=$(dead_links "$page" | tr '\n' ' ')
	check "$page: every link leads somewhere ($found)" test -z "$found"
	found=$(lost_files "$page" | tr '\n' ' ')
	check "$page: every file is there ($found)" test -z "$found"
	commands "$page" >"$directory/commands"
	found=$(sed 's/^.*make *//' "$directory/commands" | tr ' ' '\n' | grep --line-regexp '[a-z][a-z_-]*' |
		grep --invert-match --line-regexp --extended-regexp "$others" |
		grep --invert-match --line-regexp --fixed-strings --file="$directory/targets" | sort --unique | tr '\n' ' ')
	check "$page: every target of make is there ($found)" test -z "$found"
	found=$(grep --only-matching '\<[A-Z_]*=' "$directory/commands" | tr --delete '=' | grep --invert-match --line-regexp 'RUSTC\|CC\|LLVM' |
		grep --invert-match --line-regexp --fixed-strings --file="$directory/settings" | sort --unique | tr '\n' ' ')
	check "$page: make help has every setting ($found)" test -z "$found"
done
check "README.md has at most 150 lines ($(wc -l <README.md))" test "$(wc -l <README.md)" -le 150
found=$(for page in docs/*.md; do
	grep --quiet --fixed-strings "($page)" README.md || echo "$page"
done | tr '\n' ' ')
check "README.md lists every page ($found)" test -z "$found"
found=$(for page in docs/*.md; do
	head -n 12 "$page" | grep --quiet 'Terms of this page' || echo "$page"
done | tr '\n' ' ')
check "every page begins with its terms ($found)" test -z "$found"

# The test can fail: a page with one of each mistake.
cat >"$directory/page.md" <<'PAGE'
[a link](nowhere.md) and [one](#nothing) to `scripts/planted`; run `make planted` or `make PLANTED=1 demo`.
PAGE
expected=$'#nothing\nnowhere.md'
check "dead links are found" test "$(dead_links "$directory/page.md" | sort)" = "$expected"
check "lost files are found" test "$(lost_files "$directory/page.md")" = scripts/planted
check "commands are found" test "$(commands "$directory/page.md" | tr '\n' ';')" = 'make planted;make PLANTED=1 demo;'

tap_end
