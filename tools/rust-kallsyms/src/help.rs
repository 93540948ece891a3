// SPDX-License-Identifier: GPL-2.0

//! What `help` shows at the prompt.

pub const PROMPT: &str = "\
An expression or a program in C, with the kernel's own types, is evaluated:

    find_task_by_vpid(1)->comm          call a function, follow what it returns
    kstrtoint(\"42\", 10, out)            memory for a result
    init_task.comm  *(int *)&symbol     a variable, and a symbol that has no type
    *find_task_by_vpid(1)->comm@4       several elements
    /x init_task.flags  /a int_sqrt     in hexadecimal; an address with its symbol
    x = 5; x += 2; x, x * 2             locals; commas make columns
    int i = 0; kstrtoint(\"42\", 10, &i); i
    for_each_process(t) if (t->mm) t->pid, t->comm
    list_for_each_entry(struct task_struct *t, &init_task.tasks, tasks) t->comm
    unsafe f(x)                         what cannot be checked
    $1  $                               the first value, the last one

Other lines begin with a command:

    call EXPRESSION                     the same, if it begins like a command
    describe WHAT                       a function, a variable, a type: describe 'struct pid'
    list [GLOB] [module=] [kind=] [limit=]
    find [GLOB] [returns=] [takes=] [args=] [module=] [limit=]
    modules  watch  calls
    help COMMAND                        more about one of them

Options such as -x (hexadecimal) and --json can stand in each of these. Tab completes, Ctrl-R searches what was written
before, Ctrl-C gives a call up, Ctrl-D ends.
";
