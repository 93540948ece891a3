#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What `make install` installs is stripped, and modprobe finds it; `make uninstall` leaves nothing; what `make sign`
# signs, openssl verifies with the certificate and with no other. It is done below a directory that stands for /, with
# the tool root's depmod.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

module=$1/rust_kallsyms.ko
release=$(cat "$(scripts/kernel)/release")
export WRITABLE=$directory READABLE=$directory
enter() { scripts/enter "$@"; }

# A checkout of its own, as far as installing reads it, and a / with the kernel's index of modules.
mkdir -p "$directory"/checkout/scripts "$directory/root/lib/modules/$release"
cp scripts/install "$directory/checkout/scripts"
cp -r docs packaging "$directory/checkout"
mkdir -p "$directory/checkout/build/command/last"
cp "$(scripts/command)"/rust-kallsyms* "$directory/checkout/build/command/last"
cp "$(scripts/kernel)/root/usr/lib/modules/$release/"modules.{order,builtin,builtin.modinfo} \
	"$directory/root/lib/modules/$release"
(cd "$directory/root" && find . -type f | sort) >"$directory/before"
install() { enter env DESTDIR="$directory/root" PREFIX=/usr "$directory/checkout/scripts/install" "$@"; }

expect "without a module, what to do is said" 125 'build it first: make' install
check "a module is stripped" scripts/strip "$module" "$directory/checkout/rust_kallsyms.ko"
enter readelf --sections --wide "$directory/checkout/rust_kallsyms.ko" >"$directory/sections"
test -s "$directory/sections" && ! grep --quiet ' \.debug' "$directory/sections"
tap $? "no debug information is left in it"
# Ours is made without either; this one has both.
check "another module is stripped" scripts/strip "$1-fixtures/callee.ko" "$directory/callee.ko"
enter readelf --sections --wide "$directory/callee.ko" >"$directory/sections"
! grep --quiet ' \.debug' "$directory/sections" && grep --quiet ' \.BTF ' "$directory/sections"
tap $? "no debug information is left in it, and its BTF is"

check "it is installed" install
expect "modprobe finds it" 0 "/updates/rust_kallsyms.ko" \
	enter modprobe --dirname "$directory/root" --set-version "$release" --show-depends rust_kallsyms
check "installed is what was stripped" cmp "$directory/checkout/rust_kallsyms.ko" \
	"$directory/root/lib/modules/$release/updates/rust_kallsyms.ko"
expect "the command is installed" 0 'Usage: rust-kallsyms' "$directory/root/usr/sbin/rust-kallsyms" --help
for file in man/man8/rust-kallsyms.8 bash-completion/completions/rust-kallsyms \
	zsh/site-functions/_rust-kallsyms fish/vendor_completions.d/rust-kallsyms.fish doc/rust-kallsyms/reference.md; do
	check "so is $file" test -s "$directory/root/usr/share/$file"
done
enter modinfo "$directory/root/lib/modules/$release/updates/rust_kallsyms.ko" >"$directory/modinfo"
for field in version author description license documentation srcversion; do
	grep --quiet "^$field: *[^ ]" "$directory/modinfo"
	tap $? "modinfo has the field $field"
done
# Of each parameter that the reference has: its meaning, which is more than its name and type.
while read -r parameter; do
	grep --quiet "^parm: *$parameter:[^(]\{10,\}.*(charp)" "$directory/modinfo"
	tap $? "modinfo says what $parameter means"
done < <(sed -n '/^## Parameters/,/^## Lines/s/^| .\([a-z_]*\). | .[0-9]*. .*/\1/p' docs/reference.md)

check "it is removed" install --uninstall
(cd "$directory/root" && find . -type f | grep -v '/modules\.' | sort) >"$directory/after"
grep -v '/modules\.' "$directory/before" | cmp - "$directory/after" >"$directory/output" 2>&1
tap $? "nothing is left of it, but depmod's index"
! grep --quiet rust_kallsyms "$directory/root/lib/modules/$release/modules.dep"
tap $? "which does not have it any more"

# Two keys of an owner's own, as he makes them with openssl.
for name in key other; do
	enter openssl req -new -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=rust_kallsyms test $name/" \
		-outform DER -keyout "$directory/$name.pem" -out "$directory/$name.der" 2>/dev/null
done
signed=$directory/signed/rust_kallsyms.ko
check "a module is signed" scripts/sign "$directory/checkout/rust_kallsyms.ko" \
	"$directory/key.pem" "$directory/key.der" "$signed"
expect "modinfo names the signer" 0 '^rust_kallsyms test key$' enter modinfo --field signer "$signed"

# A signed module is the module, the signature (PKCS #7), twelve bytes of which the last four are its length, and a line
# of 28 bytes.
size=$(stat -c %s "$signed")
length=$((16#$(tail -c 32 "$signed" | head -c 4 | od -An -tx1 | tr -d ' ')))
head -c $((size - 40 - length)) "$signed" >"$directory/content"
tail -c $((40 + length)) "$signed" | head -c "$length" >"$directory/signature"
check "what is signed is the stripped module" cmp "$directory/content" "$directory/checkout/rust_kallsyms.ko"
verify() {
	enter openssl x509 -inform DER -in "$directory/$1.der" -out "$directory/$1.crt" &&
		enter openssl cms -verify -binary -inform DER -in "$directory/signature" -content "$directory/$2" \
			-certfile "$directory/$1.crt" -CAfile "$directory/$1.crt" -nointern -purpose any -out /dev/null
}
check "openssl verifies it with the certificate" verify key content
expect "and not with another" 4 'signer certificate not found' verify other content
printf 'x' | dd of="$directory/content" bs=1 seek=5000 conv=notrunc status=none
expect "nor after a byte of the module has changed" 4 'digest failure\|verification failure' verify key content

expect "a key that does not belong to the certificate is refused" 125 'could not be signed' \
	scripts/sign "$directory/checkout/rust_kallsyms.ko" "$directory/other.pem" "$directory/key.der" "$signed"
expect "so is a module that has a signature" 125 'is signed already' \
	scripts/sign "$signed" "$directory/key.pem" "$directory/key.der" "$signed.2"
expect "and a key that is not there" 125 'none.pem cannot be read' \
	scripts/sign "$directory/checkout/rust_kallsyms.ko" "$directory/none.pem" "$directory/key.der" "$signed"

tap_end
