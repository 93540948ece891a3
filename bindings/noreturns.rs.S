/* SPDX-License-Identifier: GPL-2.0 */

#define NORETURN(name) #name,

// Cut here.

&[
#include "../tools/objtool/noreturns.h"
]
