/* SPDX-License-Identifier: GPL-2.0 */

#include <linux/static_call.h>

/* The trampoline's name is an operand of the Rust `global_asm!`. */
#undef STATIC_CALL_TRAMP_STR
#define STATIC_CALL_TRAMP_STR(name) "{trampoline}"
#define asm(code) ::kernel::concat_literals!(code)

// Cut here.

#ifdef CONFIG_HAVE_STATIC_CALL
ARCH_DEFINE_STATIC_CALL_RET0_TRAMP(name)
#else
""
#endif
