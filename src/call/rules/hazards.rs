// SPDX-License-Identifier: GPL-2.0

//! Functions that do harm by doing what they are for.
//!
//! Their prototypes say nothing of it, and any arguments will do. So a call of one needs the user's vouch. They are
//! known by their names, as the kernel's own checkers know such functions; `docs/reference.md` has the same list.

use crate::kallsyms::glob_match;
use kernel::prelude::*;

/// A kind of harm, and who does it.
struct Hazard {
    /// What the function does, for the line.
    what: &'static str,
    /// The names of the functions: globs.
    names: &'static [&'static CStr],
}

#[rustfmt::skip]
const HAZARDS: [Hazard; 4] = [
    Hazard {
        what: "it stops the machine or one of its processors",
        names: &[
            c"machine_halt", c"machine_power_off", c"machine_restart", c"machine_*_restart",
            c"machine_shutdown", c"machine_crash_shutdown", c"machine_kexec", c"native_machine_*",
            c"xen_machine_*", c"native_halt", c"*emergency_restart", c"kernel_halt",
            c"kernel_power_off", c"kernel_restart*", c"kernel_kexec", c"*crash_kexec",
            c"do_kernel_power_off", c"do_kernel_restart", c"do_poweroff", c"do_reboot",
            c"orderly_poweroff", c"orderly_reboot", c"__hw_protection_trigger", c"ctrl_alt_del",
            c"migrate_to_reboot_cpu", c"reboot_pid_ns", c"reboot_work_func", c"poweroff_work_func",
            c"*acpi_power_off*", c"acpi_reboot", c"efi_reboot", c"efi_power_off", c"xen_halt",
            c"xen_reboot", c"xen_restart", c"sysrq_handle_reboot", c"sysrq_handle_crash",
            c"handle_poweroff", c"device_shutdown", c"syscore_shutdown", c"syscore_suspend",
            c"smp_shutdown_nonboot_cpus", c"freeze_secondary_cpus", c"stop_this_cpu",
            c"nmi_shootdown_cpus", c"do_idle", c"cpu_startup_entry", c"default_idle",
            c"default_enter_idle", c"arch_cpu_idle", c"*play_dead*", c"pm_suspend", c"hibernate",
            c"hibernation_platform_enter", c"hibernation_restore", c"hibernation_snapshot",
            c"suspend_devices_and_enter", c"freeze_processes", c"freeze_kernel_threads",
            c"soft_restart*", c"do_suspend_lowlevel",
        ],
    },
    Hazard {
        what: "it takes or releases a lock",
        names: &[
            c"*_lock", c"*_trylock", c"*_unlock", c"*_lock_killable", c"*_lock_interruptible",
            c"*_lock_nested", c"*_lock_bh", c"*_trylock_bh", c"*_unlock_bh", c"*_lock_irq*",
            c"*_trylock_irq*", c"*_unlock_irq*", c"*_lock_io", c"*_lock_slowpath",
            c"*_unlock_slowpath", c"lock_*", c"__lock_*", c"unlock_*", c"*_lock_rescan_remove",
            c"*_unlock_rescan_remove", c"*_lock_updates", c"*_unlock_updates", c"release_sock",
            c"down", c"down_*", c"up", c"up_read", c"up_write", c"downgrade_write",
            c"*percpu_down_*", c"*percpu_up_*", c"rwsem_down_*", c"ring_buffer_lock_reserve",
            c"acpi_*_mutex*",
        ],
    },
    Hazard {
        what: "it changes whether its caller can be preempted or interrupted",
        names: &[
            c"irq_enter*", c"irq_exit*", c"irqentry_*", c"ct_*", c"*local_bh_*", c"preempt_count_*",
            c"bpf_preempt_*able", c"migrate_disable", c"migrate_enable", c"tick_irq_enter",
            c"tick_nohz_irq_exit", c"tick_nohz_idle_*", c"*disable_irq*", c"*enable_irq",
            c"irq_disable", c"irq_enable", c"irq_shutdown*", c"suspend_device_irqs",
            c"kernel_fpu_*", c"kernel_neon_*", c"kprobe_busy_*",
        ],
    },
    Hazard {
        what: "it frees or remaps memory that the kernel uses",
        names: &[
            c"free_initmem", c"free_init_pages", c"free_kernel_image_pages", c"free_initrd_mem",
            c"do_free_init", c"*_free_init_mem", c"set_memory_*", c"set_direct_map_*",
            c"set_pages_*",
        ],
    },
];

/// What the function does, if a call of it needs the user's vouch for that.
pub(crate) fn of(name: &CStr) -> Option<&'static str> {
    let does = |hazard: &&Hazard| hazard.names.iter().any(|glob| matches(glob, name));
    HAZARDS.iter().find(does).map(|hazard| hazard.what)
}

/// Whether the glob matches, which for most of them the first or the last letter denies already.
fn matches(glob: &CStr, name: &CStr) -> bool {
    let may_be = |of_glob, of_name| of_glob == Some(&b'*') || of_glob == of_name;
    let (pattern, text) = (glob.to_bytes(), name.to_bytes());
    may_be(pattern.first(), text.first())
        && may_be(pattern.last(), text.last())
        && glob_match(glob, name)
}
