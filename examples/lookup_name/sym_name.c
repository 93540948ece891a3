// SPDX-License-Identifier: GPL-2.0

/* The parameter: the kernel crate has none that are strings. */
#include <linux/moduleparam.h>

const char *lookup_name_parameter(void);

static char *sym_name = "int_sqrt";
module_param(sym_name, charp, 0444);
MODULE_PARM_DESC(sym_name, "the function to call with 144");

const char *lookup_name_parameter(void)
{
	return sym_name;
}
