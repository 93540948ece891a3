// SPDX-License-Identifier: GPL-2.0

#include "helpers.h"

void kallsyms_helper_cond_resched(void)
{
	cond_resched();
}

bool kallsyms_helper_fatal_signal_pending(void)
{
	return fatal_signal_pending(current);
}

u16 kallsyms_helper_btf_kind(const struct btf_type *t)
{
	return btf_kind(t);
}

u32 kallsyms_helper_btf_vlen(const struct btf_type *t)
{
	return btf_vlen(t);
}

bool kallsyms_helper_btf_type_kflag(const struct btf_type *t)
{
	return btf_type_kflag(t);
}

u8 kallsyms_helper_btf_int_encoding(const struct btf_type *t)
{
	return btf_int_encoding(t);
}

const struct btf_param *kallsyms_helper_btf_params(const struct btf_type *t)
{
	return btf_params(t);
}

const struct btf_array *kallsyms_helper_btf_array(const struct btf_type *t)
{
	return btf_array(t);
}

const struct btf_enum *kallsyms_helper_btf_enum(const struct btf_type *t)
{
	return btf_enum(t);
}

const struct btf_enum64 *kallsyms_helper_btf_enum64(const struct btf_type *t)
{
	return btf_enum64(t);
}

u64 kallsyms_helper_btf_enum64_value(const struct btf_enum64 *e)
{
	return btf_enum64_value(e);
}

const struct btf_member *kallsyms_helper_btf_members(const struct btf_type *t)
{
	return btf_members(t);
}

u32 kallsyms_helper___btf_member_bit_offset(const struct btf_type *t, const struct btf_member *m)
{
	return __btf_member_bit_offset(t, m);
}

u32 kallsyms_helper___btf_member_bitfield_size(const struct btf_type *t, const struct btf_member *m)
{
	return __btf_member_bitfield_size(t, m);
}
