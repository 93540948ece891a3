// SPDX-License-Identifier: GPL-2.0
/*
 * The module's version, in this place only. `modinfo -F version rust_kallsyms.ko` shows it.
 */

#include <linux/module.h>

MODULE_VERSION("0.2.0");
