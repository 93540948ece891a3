// SPDX-License-Identifier: GPL-2.0
/*
 * The layouts of the structures that src/kallsyms/ looks into, as the kernel's own compiler has
 * them.
 *
 * This is compiled to assembly only. What is written there after `->` becomes layouts.rs, which
 * mod.rs compares with the layouts that bindgen has found.
 */

#include <linux/btf.h>
#include <linux/elf.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/static_call.h>
#include <linux/stddef.h>

#define SAME(rust, value) asm volatile("\n.ascii \"->same!(" rust ", %c0);\"" : : "i" (value))
#define SIZE(type) SAME("size_of::<" #type ">()", sizeof(struct type))
#define OFFSET_AS(type, member, name) SAME("offset_of!(" #type ", " #name ")", offsetof(struct type, member))
#define OFFSET(type, member) OFFSET_AS(type, member, member)

static void __used kernel_modules(void)
{
	SIZE(module);
	OFFSET(module, state);
	OFFSET(module, list);
	OFFSET(module, name);
	OFFSET(module, mkobj);
	OFFSET(module, noinstr_text_start);
	OFFSET(module, noinstr_text_size);
	OFFSET(module, mem);
	OFFSET(module, kallsyms);
	OFFSET(module, core_kallsyms);
	OFFSET(module, sect_attrs);
	OFFSET(module, percpu);
	OFFSET(module, percpu_size);

	SIZE(module_memory);
	OFFSET(module_memory, base);
	OFFSET(module_memory, size);

	SIZE(module_kobject);
	OFFSET(module_kobject, kobj);

	OFFSET(mod_kallsyms, symtab);
	OFFSET(mod_kallsyms, num_symtab);
	OFFSET(mod_kallsyms, strtab);
	OFFSET(mod_kallsyms, typetab);

	SIZE(elf64_sym);
	OFFSET(elf64_sym, st_name);
	OFFSET(elf64_sym, st_shndx);
	OFFSET(elf64_sym, st_value);
	OFFSET(elf64_sym, st_size);
	SIZE(elf32_sym);
	OFFSET(elf32_sym, st_name);
	OFFSET(elf32_sym, st_shndx);
	OFFSET(elf32_sym, st_value);
	OFFSET(elf32_sym, st_size);

	OFFSET(list_head, next);

	SIZE(notifier_block);
	OFFSET(notifier_block, notifier_call);
}

static void __used functions(void)
{
	SIZE(kprobe);
	OFFSET(kprobe, addr);
	OFFSET(kprobe, symbol_name);
	OFFSET(kprobe, flags);

	SIZE(static_call_key);
	OFFSET(static_call_key, func);
#ifdef CONFIG_HAVE_STATIC_CALL_INLINE
	OFFSET_AS(static_call_key, type, __bindgen_anon_1);
#endif
}

static void __used types(void)
{
	SIZE(btf_type);
	OFFSET(btf_type, name_off);
	OFFSET_AS(btf_type, type, __bindgen_anon_1);

	SIZE(btf_array);
	OFFSET_AS(btf_array, type, type_);
	OFFSET(btf_array, nelems);

	SIZE(btf_enum);
	OFFSET(btf_enum, name_off);
	OFFSET(btf_enum, val);

	SIZE(btf_enum64);
	OFFSET(btf_enum64, name_off);

	SIZE(btf_member);
	OFFSET(btf_member, name_off);
	OFFSET_AS(btf_member, type, type_);

	SIZE(btf_param);
	OFFSET(btf_param, name_off);
	OFFSET_AS(btf_param, type, type_);
}
