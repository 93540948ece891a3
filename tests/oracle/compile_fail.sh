#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Code that must not compile does not. Each file in tests/compile_fail/ becomes a crate together
# with the library, and rustc checks it with the flags that Kbuild compiles a module with. A line
# `// error[CODE]: TEXT` in a file is the beginning of an error that rustc must report; there is one
# line for each error. A file without such lines must compile.
#
# Usage: tests/oracle/compile_fail.sh DIRECTORY

set -euo pipefail
# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

build=$(realpath "$1")
command=$(sed -n 's/^savedcmd_.* := \(.*\)$/\1/p' "$build/src/.rust_kallsyms.o.cmd")
flags=$(sed 's/ ; .*//; s/.* rustc //; s/ --emit=[^ ]*//g; s/ --out-dir [^ ]*//; s/ [^ ]*\.rs *$//' <<<"$command")
objtree=$(sed -n 's/^OBJTREE=\([^ ]*\) .*/\1/p' <<<"$command")
out=$directory
expected='^// \(error\(\[E[0-9]*\]\)*:.*\)'

for case in tests/compile_fail/*.rs; do
	name=$(basename "$case" .rs)
	cat >"$out/$name.rs" <<-END
		//! A case.
		#[path = "$PWD/bindings/mod.rs"]
		mod bindings;
		#[path = "$PWD/src/kallsyms/mod.rs"]
		pub mod kallsyms;
		#[path = "$PWD/$case"]
		pub mod case;
	END
done
# rustc's front end is enough.
cat >"$out/compile" <<-END
	rustc $flags -Amissing_docs --crate-name \$1 --emit=metadata --out-dir . \$1.rs 2>\$1.log
	echo \$? >\$1.status
END
names=$(basename --suffix=.rs --multiple tests/compile_fail/*.rs)
(
	export READABLE=$PWD
	enter=$PWD/scripts/enter
	cd "$out"
	# shellcheck disable=SC2086 # each is a word
	"$enter" env RUSTC_BOOTSTRAP=1 RUST_MODFILE=case KALLSYMS_BINDINGS="$build/bindings" OBJTREE="$objtree" \
		xargs --max-procs="$(nproc)" --max-args=1 sh compile <<<"$names"
)

# begins ERRORS BEGINNINGS: match each error with one beginning, and each beginning with one error.
begins() {
	awk '
		NR == FNR { expected[++count] = $0; next }
		{
			for (i = 1; i <= count; i++) {
				if (!(i in met) && index($0, expected[i]) == 1) {
					met[i] = 1
					next
				}
			}
			print "unexpected: " $0
			bad = 1
		}
		END {
			for (i = 1; i <= count; i++) {
				if (!(i in met)) {
					print "missing: " expected[i]
					bad = 1
				}
			}
			exit bad
		}' "$2" "$1"
}

# points LOG CASE: the place of each error is in the case.
points() {
	awk -v place="/$2:" '
		/^error/ && !/^error: aborting/ { errors++; wants = 1 }
		wants && /^ *--> / { wants = 0; there += index($2, place) > 0; if (!index($2, place)) print }
		END { exit errors != there }' "$1"
}

for case in tests/compile_fail/*.rs; do
	name=$(basename "$case" .rs)
	sed -n "s#$expected#\1#p" "$case" >"$out/$name.expected"
	# Newer compilers report the private fields of one expression in one error.
	# shellcheck disable=SC2016 # these are rustc's back quotes
	grep '^error' "$out/$name.log" | grep -v '^error: aborting due to' |
		sed 's/^\(error.*: field\)s \(`[^`]*`\) and \(`[^`]*`\) \(of struct .*\)/\1 \2 \4\n\1 \3 \4/' >"$out/$name.errors" || true
	read -r status <"$out/$name.status"
	if [ -s "$out/$name.expected" ]; then
		check "$name does not compile" test "$status" -ne 0
		check "$name: it has the $(wc -l <"$out/$name.expected") expected errors" begins "$out/$name.errors" "$out/$name.expected"
		check "$name: each error points into the case, not into a macro" points "$out/$name.log" "$case"
	else
		check "$name compiles" test "$status" -eq 0
		check "$name: without a warning" test ! -s "$out/$name.log"
	fi
done

tap_end
