#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make install` installs the stripped module, and modprobe finds it; `make uninstall` leaves
# nothing; openssl verifies what `make sign` has signed, with the right certificate only. All this
# happens in a directory instead of /, with the tool root's depmod.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

module=$1/rust_kallsyms.ko
release=$(cat "$(scripts/kernel)/release")
export WRITABLE=$directory READABLE=$directory
enter() { scripts/enter "$@"; }

# A checkout with only the files that are installed, and a root directory with the kernel's index of
# modules.
mkdir -p "$directory"/checkout/scripts "$directory/root/lib/modules/$release"
cp scripts/install "$directory/checkout/scripts"
cp -r docs packaging "$directory/checkout"
mkdir -p "$directory/checkout/build/command/last"
cp "$(scripts/command)"/rust-kallsyms* "$directory/checkout/build/command/last"
cp "$(scripts/kernel)/root/usr/lib/modules/$release/"modules.{order,builtin,builtin.modinfo} \
	"$directory/root/lib/modules/$release"
(cd "$directory/root" && find . -type f | sort) >"$directory/before"
install() { enter env DESTDIR="$directory/root" PREFIX=/usr "$directory/checkout/scripts/install" "$@"; }

expect "without a module, the error says what to do" 125 'build it first: make' install
check "a module is stripped" scripts/strip "$module" "$directory/checkout/rust_kallsyms.ko"
enter readelf --sections --wide "$directory/checkout/rust_kallsyms.ko" >"$directory/sections"
test -s "$directory/sections" && ! grep --quiet ' \.debug' "$directory/sections"
tap $? "it has no debug information"
# Our module is built without debug information and BTF; this one has both.
check "another module is stripped" scripts/strip "$1-fixtures/callee.ko" "$directory/callee.ko"
enter readelf --sections --wide "$directory/callee.ko" >"$directory/sections"
! grep --quiet ' \.debug' "$directory/sections" && grep --quiet ' \.BTF ' "$directory/sections"
tap $? "it has no debug information, but BTF"

# Run a command as on a machine without kmod.
without=(bwrap --ro-bind / / --dev-bind /dev /dev --bind "$directory" "$directory")
for file in $(PATH=$PATH:/usr/sbin:/sbin type -ap depmod modinfo | xargs --no-run-if-empty realpath | sort --unique); do
	without+=(--ro-bind /dev/null "$file")
done
expect "without depmod, the error names the package to install" 125 'install kmod$' \
	"${without[@]}" env DESTDIR="$directory/root" PREFIX=/usr "$directory/checkout/scripts/install"
(cd "$directory/root" && find . -type f | sort) | cmp - "$directory/before" >"$directory/output" 2>&1
tap $? "nothing has been installed"
expect "an image without a kernel needs no depmod" 0 "installing rust_kallsyms for the kernel $release" \
	"${without[@]}" env DESTDIR="$directory/image" PREFIX=/usr "$directory/checkout/scripts/install"
check "the module is in the image" cmp "$directory/checkout/rust_kallsyms.ko" \
	"$directory/image/lib/modules/$release/updates/rust_kallsyms.ko"

check "it is installed" install
expect "modprobe finds it" 0 "/updates/rust_kallsyms.ko" \
	enter modprobe --dirname "$directory/root" --set-version "$release" --show-depends rust_kallsyms
check "the stripped module is installed" cmp "$directory/checkout/rust_kallsyms.ko" \
	"$directory/root/lib/modules/$release/updates/rust_kallsyms.ko"
expect "the command is installed" 0 'Usage: rust-kallsyms' "$directory/root/usr/sbin/rust-kallsyms" --help
for file in man/man8/rust-kallsyms.8 bash-completion/completions/rust-kallsyms \
	zsh/site-functions/_rust-kallsyms fish/vendor_completions.d/rust-kallsyms.fish doc/rust-kallsyms/{language,reference}.md; do
	check "so is $file" test -s "$directory/root/usr/share/$file"
done
enter modinfo "$directory/root/lib/modules/$release/updates/rust_kallsyms.ko" >"$directory/modinfo"
for field in version author description license documentation srcversion; do
	grep --quiet "^$field: *[^ ]" "$directory/modinfo"
	tap $? "modinfo has the field $field"
done
# For each parameter in the reference, modinfo must have more than its name and type.
while read -r parameter; do
	grep --quiet "^parm: *$parameter:[^(]\{10,\}.*(charp)" "$directory/modinfo"
	tap $? "modinfo says what $parameter means"
done < <(sed -n '/^## Parameters/,/^## Lines/s/^| .\([a-z_]*\). | .[0-9]*. .*/\1/p' docs/reference.md)

check "it is removed" install --uninstall
(cd "$directory/root" && find . -type f | grep -v '/modules\.' | sort) >"$directory/after"
grep -v '/modules\.' "$directory/before" | cmp - "$directory/after" >"$directory/output" 2>&1
tap $? "only depmod's index is left"
! grep --quiet rust_kallsyms "$directory/root/lib/modules/$release/modules.dep"
tap $? "it does not list the module any more"

# Two keys, made with openssl as their owner would.
for name in key other; do
	enter openssl req -new -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=rust_kallsyms test $name/" \
		-outform DER -keyout "$directory/$name.pem" -out "$directory/$name.der" 2>/dev/null
done
signed=$directory/signed/rust_kallsyms.ko
check "a module is signed" scripts/sign "$directory/checkout/rust_kallsyms.ko" \
	"$directory/key.pem" "$directory/key.der" "$signed"
expect "modinfo names the signer" 0 '^rust_kallsyms test key$' enter modinfo --field signer "$signed"

# A signed module consists of the module, the signature (PKCS #7), twelve bytes that end with the
# signature's length in four, and a line of 28 bytes.
size=$(stat -c %s "$signed")
length=$((16#$(tail -c 32 "$signed" | head -c 4 | od -An -tx1 | tr -d ' ')))
head -c $((size - 40 - length)) "$signed" >"$directory/content"
tail -c $((40 + length)) "$signed" | head -c "$length" >"$directory/signature"
check "the stripped module has been signed" cmp "$directory/content" "$directory/checkout/rust_kallsyms.ko"
verify() {
	enter openssl x509 -inform DER -in "$directory/$1.der" -out "$directory/$1.crt" &&
		enter openssl cms -verify -binary -inform DER -in "$directory/signature" -content "$directory/$2" \
			-certfile "$directory/$1.crt" -CAfile "$directory/$1.crt" -nointern -purpose any -out /dev/null
}
check "openssl verifies it with the certificate" verify key content
expect "but not with another certificate" 4 'signer certificate not found' verify other content
printf 'x' | dd of="$directory/content" bs=1 seek=5000 conv=notrunc status=none
expect "nor after one byte of the module has changed" 4 'digest failure\|verification failure' verify key content

expect "a key for another certificate is refused" 125 'could not be signed' \
	scripts/sign "$directory/checkout/rust_kallsyms.ko" "$directory/other.pem" "$directory/key.der" "$signed"
expect "a module with a signature is refused" 125 'is signed already' \
	scripts/sign "$signed" "$directory/key.pem" "$directory/key.der" "$signed.2"
expect "a missing key is refused" 125 'none.pem cannot be read' \
	scripts/sign "$directory/checkout/rust_kallsyms.ko" "$directory/none.pem" "$directory/key.der" "$signed"

tap_end
