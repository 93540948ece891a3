/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module needs that the kernel's headers have as macros or inline functions only. The
 * library has helpers of its own, in bindings/.
 */

#include <linux/types.h>

int rust_kallsyms_preempt_count(void);
void rust_kallsyms_preempt_count_set(int count);
bool rust_kallsyms_irqs_disabled(void);
struct die_args;
struct task_struct;
struct nsproxy;
int rust_kallsyms_adopt(struct task_struct *asker);
struct nsproxy *rust_kallsyms_namespaces(struct task_struct *asker);
bool rust_kallsyms_fault(const struct die_args *args, unsigned long *address, bool *is_write);
void rust_kallsyms_irq_enable(void);
int rust_kallsyms_rcu_depth(void);
void rust_kallsyms_rcu_depth_set(int depth);
int rust_kallsyms_lock_depth(void);

/* What a function must leave in its thread as it found it. */
struct rust_kallsyms_thread {
	const void *cred;
	const void *fs;
	const void *namespaces;
	unsigned int flags;
};

#define RUST_KALLSYMS_MM 1
#define RUST_KALLSYMS_CRED 2
#define RUST_KALLSYMS_FS 4
#define RUST_KALLSYMS_NAMESPACES 8
#define RUST_KALLSYMS_FLAGS 16
#define RUST_KALLSYMS_STATE 32

void rust_kallsyms_thread_get(struct rust_kallsyms_thread *thread);
unsigned int rust_kallsyms_thread_restore(const struct rust_kallsyms_thread *thread);
void rust_kallsyms_thread_crashed(void);
bool rust_kallsyms_is_of_module(unsigned long address);
bool rust_kallsyms_is_write_locked(unsigned long lock);
void rust_kallsyms_write_unlock(unsigned long lock);
unsigned long rust_kallsyms_per_cpu(unsigned long variable, unsigned int cpu);
bool rust_kallsyms_mutex_trylock(unsigned long lock);
void rust_kallsyms_mutex_unlock(unsigned long lock);
bool rust_kallsyms_is_memory(unsigned long address);
unsigned long rust_kallsyms_thread_function(unsigned long task);
unsigned long rust_kallsyms_ftrace_user(unsigned long place);
unsigned long rust_kallsyms_ftrace_next(unsigned long user);
unsigned long rust_kallsyms_ftrace_handler(unsigned long user);

/* A constant of the headers that is a macro; see constants.c. */
struct rust_kallsyms_constant {
	const char *name;
	u64 value; /* with its sign */
	bool is_long;
	bool is_unsigned;
};

extern const struct rust_kallsyms_constant rust_kallsyms_constants[];
extern const unsigned int rust_kallsyms_constant_count;

/*
 * A variable that the headers declare, and its type as C; of an array, that of its elements, and
 * how many they are, or ALL if its symbol says that. See variables.c.
 */
struct rust_kallsyms_variable {
	const char *name;
	const char *type;
	unsigned int count;
};

extern const struct rust_kallsyms_variable rust_kallsyms_variables[];
extern const unsigned int rust_kallsyms_variable_count;
