// SPDX-License-Identifier: GPL-2.0
/*
 * The module's version, in this place only. `modinfo -F version rust_kallsyms.ko` shows it, and
 * `modinfo` says where to read on.
 */

#include <linux/module.h>

MODULE_VERSION("0.2.0");
MODULE_INFO(documentation, "rust-kallsyms(8); reference.md in the directory docs of the source, or in share/doc");
