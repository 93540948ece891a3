/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel's headers have as macros or inline functions only, for Rust to call. Every name
 * is the wrapped one's with a prefix, as in the kernel's own rust/helpers/.
 */

#include <linux/btf.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

void kallsyms_helper_cond_resched(void);
bool kallsyms_helper_fatal_signal_pending(void);
u16 kallsyms_helper_btf_kind(const struct btf_type *t);
u32 kallsyms_helper_btf_vlen(const struct btf_type *t);
bool kallsyms_helper_btf_type_kflag(const struct btf_type *t);
u8 kallsyms_helper_btf_int_encoding(const struct btf_type *t);
const struct btf_param *kallsyms_helper_btf_params(const struct btf_type *t);
const struct btf_array *kallsyms_helper_btf_array(const struct btf_type *t);
const struct btf_enum *kallsyms_helper_btf_enum(const struct btf_type *t);
const struct btf_enum64 *kallsyms_helper_btf_enum64(const struct btf_type *t);
u64 kallsyms_helper_btf_enum64_value(const struct btf_enum64 *e);
const struct btf_member *kallsyms_helper_btf_members(const struct btf_type *t);
u32 kallsyms_helper___btf_member_bit_offset(const struct btf_type *t, const struct btf_member *m);
u32 kallsyms_helper___btf_member_bitfield_size(const struct btf_type *t, const struct btf_member *m);
