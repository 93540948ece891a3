#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An ordinary user with a private home and a strict umask needs nothing but the packages that
# scripts/host names.

# shellcheck source=tests/host-tap.sh
. tests/host-tap.sh

if [ "$(id -u)" -ne 0 ]; then
	skip "an ordinary user" "the other tests were run by one"
	tap_end
	exit
fi
user=kallsyms-test-$$
trap 'userdel --remove "$user" 2>/dev/null; rm -rf "$directory"' EXIT
useradd --create-home --shell /bin/bash "$user"
home=$(getent passwd "$user" | cut -d: -f6)
git clone --quiet . "$home/checkout"
chown -R "$user:" "$home"
chmod 700 "$home"
as() { su - "$user" -c "umask 077; cd checkout && SUITE=$SUITE ARCH=$ARCH FLAVOUR=$FLAVOUR $1"; }

if command -v newuidmap >/dev/null; then
	expect "make demo" 0 'rust_kallsyms: hello, ' as "make demo"
	expect "make demo again" 0 'rust_kallsyms: hello, ' as "make demo"
	! grep --quiet '^==> ' "$directory/output"
	tap $? "it makes nothing again ($seconds s)"
	check "make guest" as "make guest SCRIPT=tests/demo.sh"
	check "make lint" as "make lint"
	check "make distclean" as "make distclean"
	check "nothing is left" test -z "$(find "$home/.cache" /tmp -user "$user" -mindepth 1)"
else
	expect "the error says what is missing, and how to install it" 2 'install: sudo apt-get install .*uidmap' as "make demo"
fi

tap_end
