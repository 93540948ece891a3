// SPDX-License-Identifier: GPL-2.0
/*
 * The module's version, in this place only. `modinfo -F version rust_kallsyms.ko` shows it, and `modinfo` says where
 * to read on.
 */

#include <linux/module.h>

MODULE_VERSION("0.2.0");
MODULE_INFO(documentation, "docs/reference.md of the source; installed as share/doc/rust-kallsyms*/reference.md");
