/* SPDX-License-Identifier: GPL-2.0 */
/* The functions that never return: the kernel's own list, where its headers have that. */

#define NORETURN(name) #name,

// Cut here.

&[
#if __has_include("../tools/objtool/noreturns.h")
#include "../tools/objtool/noreturns.h"
#else
#include "noreturns.h"
#endif
]
