/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Header for `bindgen`: what the module needs and both `kernel::bindings` and the library's
 * bindings/ lack.
 */

#include "helpers.h"

#include <linux/btf.h>
#include <linux/errname.h>
#include <linux/kallsyms.h>
#include <linux/kdebug.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>

#ifdef CONFIG_X86
#include <asm/insn.h>
#endif

/* How many bytes of the first per-CPU chunk follow the kernel's own variables, at least. */
const size_t RUST_KALLSYMS_PERCPU_RESERVE = PERCPU_MODULE_RESERVE + PERCPU_DYNAMIC_RESERVE;
