// SPDX-License-Identifier: GPL-2.0
/*
 * What is measured, as a C programmer does it.
 *
 * Write `WHAT [ARGUMENT]` to /sys/kernel/debug/bench_c, and read how many nanoseconds one run took:
 * the median of several. Functions are called through pointers, as in usual_way.c, so this does not
 * work on a machine that enforces IBT.
 */
#include <linux/debugfs.h>
#include <linux/glob.h>
#include <linux/hex.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sort.h>
#include <linux/static_call.h>

#define RUNS 3

static typeof(&kallsyms_lookup_name) lookup_name;
static typeof(&kallsyms_on_each_symbol) on_each_symbol;
static typeof(&module_kallsyms_on_each_symbol) on_each_module_symbol;
static unsigned long (*int_sqrt_pointer)(unsigned long x);

DEFINE_STATIC_CALL_RET0(bench_int_sqrt, typeof(unsigned long(unsigned long)));

static char what[64], argument[128];
/* Results go here, so that the compiler does not optimise the calls away. */
static unsigned long sink;

static int empty(void *data, const char *name, unsigned long address)
{
	return 0;
}

static int begins(void *data, const char *name, unsigned long address)
{
	if (!strncmp(name, argument, (size_t)data))
		sink++;
	return 0;
}

static int globbed(void *data, const char *name, unsigned long address)
{
	if (glob_match(argument, name))
		sink++;
	return 0;
}

static void walk(void)
{
	on_each_symbol(empty, NULL);
}

static void walk_begins(void)
{
	on_each_symbol(begins, (void *)strlen(argument));
}

static void walk_glob(void)
{
	on_each_symbol(globbed, NULL);
}

/*
 * The least that a walk, names and a listing cost: the kernel's own tables, read by nothing but the
 * loops below.
 */
static const u8 *names;
static const char *tokens;
static const u16 *token_index;
static const int *offsets;
static unsigned int count;
/* What each token stands for, to be copied eight bytes at once, and its length. */
static u64 copies[256];
static u8 lengths[256];
static char hex[256][2];

static unsigned long address(unsigned int symbol)
{
	return (unsigned long)&offsets[symbol] + offsets[symbol];
}

/* Returns where the tokens of a name end, and sets where they begin. */
static const u8 *tokens_of(const u8 *name, const u8 **first)
{
	unsigned int length = *name++;

	if (length & 0x80)
		length = (length & 0x7f) | *name++ << 7;
	*first = name;
	return name + length;
}

/* Writes what tokens stand for; returns the end of that. */
static char *expand(const u8 *first, const u8 *end, char *to)
{
	for (; first < end; first++) {
		memcpy(to, &copies[*first], 8);
		if (unlikely(lengths[*first] > 8))
			memcpy(to, tokens + token_index[*first], lengths[*first]);
		to += lengths[*first];
	}
	return to;
}

static void floor_walk(void)
{
	const u8 *next = names, *first;
	unsigned long sum = 0;

	for (unsigned int i = 0; i < count; i++) {
		next = tokens_of(next, &first);
		sum ^= address(i) + (next - first);
	}
	sink += sum;
}

static void floor_names(void)
{
	static char name[1024];
	const u8 *next = names, *first;

	for (unsigned int i = 0; i < count; i++) {
		next = tokens_of(next, &first);
		sink += expand(first, next, name) - name;
	}
}

static void floor_listing(void)
{
	static char text[65536 + 1024], copy[65536 + 1024];
	const u8 *next = names, *first;
	char *to = text;

	for (unsigned int i = 0; i < count; i++) {
		unsigned long here = address(i), size = 0;
		char *name = to + 17;

		next = tokens_of(next, &first);
		for (int byte = 0; byte < 8; byte++)
			memcpy(to + 2 * byte, hex[here >> (56 - 8 * byte) & 0xff], 2);
		to[16] = ' ';
		/* The first character is the letter, to which a space belongs. */
		to = expand(first, next, name);
		memmove(name + 2, name + 1, to - name - 1);
		name[1] = ' ';
		memcpy(to + 1, " [vmlinux] 0x", 13);
		to += 14;
		for (unsigned int other = i + 1; !size && other < count; other++)
			size = address(other) - here;
		for (int digit = (fls64(size | 1) - 1) / 4; digit >= 0; digit--)
			*to++ = hex[size >> 4 * digit & 0xf][1];
		*to++ = '\n';
		if (to - text >= 65536) {
			memcpy(copy, text, to - text);
			to = text;
		}
	}
	memcpy(copy, text, to - text);
}

static void find_tables(void)
{
	names = (void *)lookup_name("kallsyms_names");
	tokens = (void *)lookup_name("kallsyms_token_table");
	token_index = (void *)lookup_name("kallsyms_token_index");
	offsets = (void *)lookup_name("kallsyms_offsets");
	count = *(unsigned int *)lookup_name("kallsyms_num_syms");
	for (int token = 0; token < 256; token++) {
		const char *text = tokens + token_index[token];

		lengths[token] = strlen(text);
		memcpy(&copies[token], text, min(lengths[token], 8));
		hex[token][0] = hex_asc_hi(token);
		hex[token][1] = hex_asc_lo(token);
	}
}

static void walk_modules(void)
{
	on_each_module_symbol(NULL, empty, NULL);
}

static void walk_module(void)
{
	on_each_module_symbol(argument, empty, NULL);
}

static void lookup(void)
{
	sink += lookup_name(argument);
}

static void symbol_at(void)
{
	char buffer[KSYM_SYMBOL_LEN];

	sprint_symbol(buffer, sink);
}

static void calls_static(void)
{
	for (int i = 0; i < 1000000; i++)
		sink += static_call(bench_int_sqrt)(0);
}

static void calls_pointer(void)
{
	for (int i = 0; i < 1000000; i++)
		sink += READ_ONCE(int_sqrt_pointer)(0);
}

static const struct measure {
	const char *name;
	void (*once)(void);
	int times;
} measures[] = {
	{ "walk", walk, 1 },
	{ "walk_begins", walk_begins, 1 },
	{ "walk_glob", walk_glob, 1 },
	{ "floor_walk", floor_walk, 1 },
	{ "floor_names", floor_names, 1 },
	{ "floor_listing", floor_listing, 1 },
	{ "walk_modules", walk_modules, 1 },
	{ "walk_module", walk_module, 1 },
	{ "lookup", lookup, 10 },
	{ "symbol_at", symbol_at, 100 },
	{ "calls_static", calls_static, 1 },
	{ "calls_pointer", calls_pointer, 1 },
};

static int compare(const void *a, const void *b)
{
	u64 x = *(u64 *)a, y = *(u64 *)b;

	return x < y ? -1 : x > y;
}

static noinline u64 measure(const struct measure *measure)
{
	u64 runs[RUNS];

	for (int run = 0; run < RUNS; run++) {
		u64 begin = ktime_get_ns();

		for (int i = 0; i < measure->times; i++)
			measure->once();
		runs[run] = ktime_get_ns() - begin;
	}
	sort(runs, RUNS, sizeof(runs[0]), compare, NULL);
	return runs[RUNS / 2] / measure->times;
}

static ssize_t bench_write(struct file *file, const char __user *user, size_t length, loff_t *position)
{
	char line[192] = {};

	if (length >= sizeof(line) || copy_from_user(line, user, length))
		return -EINVAL;
	what[0] = argument[0] = '\0';
	if (sscanf(line, "%63s %127s", what, argument) < 1)
		return -EINVAL;
	if (!strcmp(what, "symbol_at") && kstrtoul(argument, 0, &sink))
		return -EINVAL;
	return length;
}

static ssize_t bench_read(struct file *file, char __user *user, size_t length, loff_t *position)
{
	char line[32];
	int n;

	if (*position)
		return 0;
	for (int i = 0; i < ARRAY_SIZE(measures); i++) {
		if (strcmp(measures[i].name, what))
			continue;
		n = scnprintf(line, sizeof(line), "%llu\n", measure(&measures[i]));
		return simple_read_from_buffer(user, length, position, line, n);
	}
	return -EINVAL;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.read = bench_read,
	.write = bench_write,
};

static struct dentry *file;

static int __init bench_c_init(void)
{
	struct kprobe kp = { .symbol_name = "kallsyms_lookup_name" };
	int err = register_kprobe(&kp);

	if (err)
		return err;
	lookup_name = (void *)kp.addr;
	unregister_kprobe(&kp);
	on_each_symbol = (void *)lookup_name("kallsyms_on_each_symbol");
	on_each_module_symbol = (void *)lookup_name("module_kallsyms_on_each_symbol");
	int_sqrt_pointer = (void *)lookup_name("int_sqrt");
	if (!on_each_symbol || !on_each_module_symbol || !int_sqrt_pointer)
		return -ENOENT;
	find_tables();
	static_call_update(bench_int_sqrt, int_sqrt_pointer);
	file = debugfs_create_file("bench_c", 0600, NULL, NULL, &operations);
	return 0;
}
module_init(bench_c_init);

static void __exit bench_c_exit(void)
{
	debugfs_remove(file);
}
module_exit(bench_c_exit);

MODULE_DESCRIPTION("What is measured, in C");
MODULE_LICENSE("GPL");
