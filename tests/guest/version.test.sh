#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The module shows the version that src/version.c gives it.

# shellcheck source=tests/guest/tap.sh
. ./tap.sh

version=$(sed -n 's/^MODULE_VERSION("\(.*\)");$/\1/p' version.c)
check "src/version.c has a version" [ -n "$version" ]
equal "modinfo shows it" "$(modinfo -F version "$MODULE")" "$version"
insmod "$MODULE"
equal "so does sysfs" "$(cat /sys/module/rust_kallsyms/version)" "$version"
rmmod rust_kallsyms

tap_end
