// SPDX-License-Identifier: GPL-2.0

//! Classes of functions that do harm even if they are called correctly.
//!
//! They do harm whatever their arguments are, so that a call needs `unsafe`. Some classes are
//! recognized by their prototypes, the others by their names, as the kernel's own checkers
//! recognize such functions. `scripts/classes` puts these lists into `docs/reference.md`.

use crate::kallsyms::{
    glob_match,
    Prototype,
    Shape,
    Type, //
};
use kernel::prelude::*;

/// A class of functions that are recognized by their names.
struct NameClass {
    /// What its functions do, for the error.
    what: &'static str,
    /// Their names: globs.
    names: &'static [&'static CStr],
}

#[rustfmt::skip]
const BY_NAME: [NameClass; 7] = [
    NameClass {
        what: "it stops the machine or one of its processors",
        names: &[
            c"*machine_halt", c"*machine_power_off", c"*machine_*restart", c"*machine_*shutdown",
            c"*kexec*", c"*reboot*", c"*poweroff*", c"*power_off*", c"*emergency_restart",
            c"kernel_halt", c"kernel_restart*", c"*kernel_restart", c"soft_restart*", c"xen_restart",
            c"acpi_reset", c"*ctrl_alt_del*", c"__hw_protection_*", c"*sysrq*", c"*_panic", c"panic_*",
            c"nmi_panic*", c"check_panic_*", c"*_halt", c"*_halt_*", c"*play_dead*", c"*stop_other_cpus",
            c"*stop_this_*", c"*stop_cpus*", c"*stop_machine*", c"smp_send_stop", c"*smp_send_stop",
            c"*shootdown_cpus*", c"*cpu_down*", c"remove_cpu", c"*_cpu_offline", c"*_offline_cpu",
            c"device_offline", c"cpu_subsys_offline", c"smp_shutdown_*", c"device_shutdown",
            c"*_device_shutdown", c"*_bus_shutdown", c"syscore_*", c"*_syscore_*", c"*lapic_shutdown",
            c"*iommu_shutdown*", c"i82*_shutdown", c"*tboot*", c"do_idle", c"cpu_startup_entry",
            c"*default*_idle", c"arch_cpu_idle*", c"*_idle_enter*", c"mwait_idle*", c"poll_idle",
            c"cpuidle_enter*", c"*emergency_disable_virtualization*", c"*_dying_cpu", c"*_dead_cpu",
            c"*_cpu_dying", c"*_cpu_dead", c"*_cpu_deactivate", c"*_cpu_starting", c"cpuhp_*",
            c"takedown_cpu", c"set_cpu_online", c"set_cpu_possible",
        ],
    },
    NameClass {
        what: "it puts the machine or a part of it to sleep, or wakes it",
        names: &[
            c"*suspend*", c"*hibernat*", c"*s2idle*", c"*swsusp*", c"*freeze*", c"*thaw*", c"dpm_*",
            c"*_resume", c"*_resume_*", c"*enter_sleep*", c"*sleep_state*", c"*extended_sleep",
            c"*legacy_sleep", c"*do_sleep", c"acpi_sleep_*", c"acpi_os_*_sleep",
        ],
    },
    NameClass {
        what: "it changes how the machine keeps time",
        names: &[
            c"timekeeping_*", c"*settime*", c"do_adjtimex", c"*_adjtimex", c"ntp_*", c"tk_*", c"tick_*",
            c"clockevents_*", c"clocksource_*", c"*clkevt_*", c"*_timer_set_*", c"*timer_shutdown",
            c"hrtimer_interrupt", c"hrtimers_*", c"update_wall_time", c"update_process_times",
            c"xtime_update", c"do_timer", c"jiffies_update",
        ],
    },
    NameClass {
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
    NameClass {
        what: "it changes whether its caller can be preempted or interrupted",
        names: &[
            c"irq_enter*", c"irq_exit*", c"irqentry_*", c"ct_*", c"*local_bh_*", c"preempt_count_*",
            c"bpf_preempt_*able", c"migrate_disable", c"migrate_enable", c"*disable_irq*", c"*enable_irq",
            c"irq_disable", c"irq_enable", c"irq_shutdown*", c"suspend_device_irqs",
            c"kernel_fpu_*", c"kernel_neon_*", c"kprobe_busy_*",
        ],
    },
    NameClass {
        what: "it frees or remaps memory that the kernel uses",
        names: &[
            c"free_initmem", c"free_init_pages", c"free_kernel_image_pages", c"free_initrd_mem",
            c"do_free_init", c"*_free_init_mem", c"set_memory_*", c"set_direct_map_*",
            c"set_pages_*",
        ],
    },
    NameClass {
        what: "it writes a register of a processor or of a device",
        names: &[
            c"*wrmsr*", c"*write_msr*", c"*_set_msr", c"*_set_non_nested_msr", c"msr_*_bit",
            c"*write_cr0", c"*write_cr2", c"*write_cr3*", c"*write_cr4", c"*set_debugreg",
            c"*icr_write", c"*apic*_write", c"*send_IPI*",
            c"*send_ipi*", c"*_single_ipi", c"*_IO_APIC", c"clear_IO_APIC_pin", c"*_ioapic_entries",
            c"*_local_APIC", c"*x2apic_*able", c"apic_soft_disable", c"*_bsp_APIC", c"*mask_8259A*",
            c"init_8259A", c"idt_*", c"load_*idt*", c"load_*gdt*", c"switch_gdt_*",
            c"load_trampoline_pgtable", c"*hpet_*able", c"acpi_os_read_*", c"acpi_os_write_*",
            c"acpi_hw_read*", c"acpi_hw_write*", c"acpi_write*", c"raw_pci_write",
            c"pci_conf1_write", c"pci_conf2_write", c"pci_mmcfg_write",
        ],
    },
];

/// Why a call of the function with this name needs `unsafe`, if its name tells.
pub(super) fn of_name(name: &CStr) -> Option<&'static str> {
    let does = |class: &&NameClass| class.names.iter().any(|glob| matches(glob, name));
    BY_NAME.iter().find(does).map(|class| class.what)
}

/// Why a call of a function with this prototype needs `unsafe`, if the prototype tells.
pub(super) fn of_prototype(prototype: &Prototype<'_>) -> Option<&'static str> {
    let class = BY_PROTOTYPE.iter().find(|class| (class.is)(prototype));
    class.map(|class| class.what)
}

/// A class of functions that are recognized by their prototypes.
struct PrototypeClass {
    /// What its functions do, for the error.
    what: &'static str,
    /// Whether functions with this prototype are in the class.
    is: fn(&Prototype<'_>) -> bool,
}

const BY_PROTOTYPE: [PrototypeClass; 5] = [
    PrototypeClass {
        // a parameter `va_list`, `va_list *` or `struct va_format *`
        what: "it takes variable arguments",
        is: |prototype| prototype.parameters().any(|taken| is_va_list(taken.ty)),
    },
    PrototypeClass {
        // `long f(const struct pt_regs *)`
        what: "it is a system call, which takes the registers of a process",
        is: |prototype| {
            takes(prototype, &[c"pt_regs"]) && prototype.returns().usual_name() == c"long"
        },
    },
    PrototypeClass {
        // `u64 f(u64, u64, u64, u64, u64)`: `BPF_CALL` of the kernel's headers
        what: "it is for BPF programs, which pass pointers as numbers",
        is: |prototype| {
            let is_u64 = |ty: Type<'_>| ty.name().to_bytes() == b"u64";
            let mut parameters = prototype.parameters();
            parameters.len() == 5
                && is_u64(prototype.returns())
                && parameters.all(|parameter| is_u64(parameter.ty))
        },
    },
    PrototypeClass {
        // `void *f(struct seq_file *, loff_t *)` and `void f(struct seq_file *, void *)`
        what: "it begins or ends a walk through a file, and may take or release a lock",
        is: |prototype| {
            let returns = prototype.returns();
            let starts = || returns.pointee().is_some_and(Type::is_void);
            takes(prototype, &[c"seq_file", c"long long"]) && starts()
                || takes(prototype, &[c"seq_file", c""]) && returns.is_void()
        },
    },
    PrototypeClass {
        // a parameter `phys_addr_t`, `acpi_physical_address`, or a number whose name ends in `pfn`
        what: "it takes physical memory by a number",
        is: |prototype| {
            let mut parameters = prototype.parameters();
            parameters.any(|taken| {
                let is_number = matches!(taken.ty.shape(), Shape::Integer { .. });
                is_number
                    && (taken.name.to_bytes().ends_with(b"pfn")
                        || matches!(
                            taken.ty.name().to_bytes(),
                            b"phys_addr_t" | b"acpi_physical_address"
                        ))
            })
        },
    },
];

/// Whether the parameters are pointers to types with these tags; an empty tag is for `void`.
fn takes(prototype: &Prototype<'_>, tags: &[&CStr]) -> bool {
    let parameters = prototype.parameters();
    let is = |ty: Type<'_>, tag: &CStr| {
        ty.pointee()
            .is_some_and(|to| to.strip().usual_name() == tag && to.is_void() == tag.is_empty())
    };
    parameters.len() == tags.len() && parameters.zip(tags).all(|(taken, tag)| is(taken.ty, tag))
}

/// Whether a type is a list of variable arguments, or a pointer to one. No caller can make these.
pub(crate) fn is_va_list(ty: Type<'_>) -> bool {
    let ty = ty.pointee().unwrap_or(ty);
    let element = ty.array().map_or(ty, |(element, _)| element);
    matches!(
        element.strip().tag().to_bytes(),
        b"__va_list_tag" | b"__va_list" | b"va_format"
    )
}

/// Whether a type is the registers of a process or an interrupt, which tell a function what to do.
pub(crate) fn is_registers(ty: Type<'_>) -> bool {
    matches!(ty.strip().tag().to_bytes(), b"pt_regs" | b"user_pt_regs")
}

/// Whether the glob matches. For most globs, the first or the last letter is enough to see that it
/// does not.
fn matches(glob: &CStr, name: &CStr) -> bool {
    let may_be = |of_glob, of_name| of_glob == Some(&b'*') || of_glob == of_name;
    let (pattern, text) = (glob.to_bytes(), name.to_bytes());
    may_be(pattern.first(), text.first())
        && may_be(pattern.last(), text.last())
        && glob_match(glob, name)
}
