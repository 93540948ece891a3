// SPDX-License-Identifier: GPL-2.0

//! The kernel's own data: the addresses that `&symbol` and `per_cpu()` stand for.

use super::{
    arguments::Complaint,
    candidates::{
        Candidates,
        Choice, //
    }, //
};
use crate::{
    failure::Failure,
    kallsyms::{
        self,
        Kallsyms,
        Variable, //
    },
    module_bindings,
    nearest::is_loaded,
    print::{
        to_c_string,
        Pure, //
    },
    text, //
};
use core::ops::ControlFlow;
use kernel::{
    page::PAGE_SIZE,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// By how many bytes a variable's symbol can be larger than its type. The kernel does not know
/// where a variable ends, only where the next symbol begins.
pub(crate) const MAX_SPARE: usize = 63;

/// A symbol.
pub(crate) struct Found {
    pub(crate) address: usize,
    kind: kallsyms::Kind,
    /// How many bytes it has. For a symbol of the kernel itself, these go up to the next symbol.
    pub(crate) size: usize,
    /// Whether no other symbol of the kernel itself has its name.
    pub(crate) is_only: bool,
}

impl Found {
    /// Whether it must not be written.
    pub(crate) fn is_constant(&self) -> bool {
        self.kind == kallsyms::Kind::Rodata
    }
}

/// The module that a name has before its colon, unless that is the kernel itself.
pub(crate) fn module_of<'a>(name: &text::NameText<'a>) -> Option<&'a str> {
    let module = name.module?;
    (module.as_bytes() != kallsyms::VMLINUX.to_bytes()).then_some(module)
}

/// The symbol of the kernel itself with this name: the only one, or the one that was chosen.
fn symbol(
    kallsyms: &Kallsyms,
    name: &text::NameText<'_>,
    complaint: &Complaint<'_>,
) -> Result<Found, Failure> {
    if module_of(name).is_some() {
        return Err(complaint.say(
            EINVAL,
            fmt!(
                "a cast gives data of a module its type: (type *)&{}",
                Pure(*name)
            ),
        ));
    }
    symbol_of(kallsyms, name, complaint)
}

/// The symbol with this name, of the kernel itself if the name has no module: the only one, or the
/// one that was chosen.
#[inline(never)]
fn symbol_of(
    kallsyms: &Kallsyms,
    name: &text::NameText<'_>,
    complaint: &Complaint<'_>,
) -> Result<Found, Failure> {
    let module = name.module.unwrap_or("vmlinux");
    let chosen = name.position;
    let text = to_c_string(fmt!("{module}:{}", name.symbol))?;
    let name = kallsyms::Name::new(&text)
        .map_err(|error| complaint.say(error.to_errno(), fmt!("{error}")))?;
    let mut candidates = Candidates::default();
    let mut symbol = None;
    let walked = kallsyms.for_each_named(&name, |this| {
        let _ = candidates.add(this);
        if chosen == 0 || chosen == candidates.count() {
            symbol = Some(Found {
                address: this.address(),
                kind: this.kind(),
                size: this.size(kallsyms).unwrap_or(0),
                is_only: true,
            });
        }
        ControlFlow::<()>::Continue(())
    });
    if let Err(error) = walked {
        return Err(complaint.say(error.to_errno(), fmt!("{error}")));
    }
    let name = name.symbol();
    match (symbol, candidates.count()) {
        (_, 0) => Err(match module {
            "vmlinux" => complaint.say(ENOENT, fmt!("no such symbol in the kernel itself: {name}")),
            _ if !is_loaded(kallsyms, module.as_bytes()) => complaint.say(
                ENOENT,
                fmt!("no module {module} is loaded; /proc/modules has those which are"),
            ),
            _ => complaint.say(ENOENT, fmt!("no such symbol in {module}: {name}")),
        }),
        (None, _) => Err(choose(complaint, name, chosen, &candidates)),
        (Some(_), 2..) if chosen == 0 => Err(choose(complaint, name, 0, &candidates)),
        (Some(found), count) => Ok(Found {
            is_only: count == 1,
            ..found
        }),
    }
}

/// The error for a name that several symbols have, if none was `chosen` or the chosen one does not
/// exist.
#[inline(never)] // frame
fn choose(
    complaint: &Complaint<'_>,
    name: &CStr,
    chosen: usize,
    candidates: &Candidates,
) -> Failure {
    let list = candidates.of(Choice::Text);
    match chosen {
        0 => complaint.say(
            EINVAL,
            fmt!(
                "{} symbols are called {name}; choose by {name}@n: {list}",
                candidates.count()
            ),
        ),
        _ => complaint.say(
            ENOENT,
            fmt!("no symbol of this name has the number {chosen}: {list}"),
        ),
    }
}

/// For a name that is not a constant: what it stands for, and how to write what the user may mean.
#[inline(never)] // frame
pub(crate) fn hint(
    kallsyms: &Kallsyms,
    name: &text::NameText<'_>,
    complaint: &Complaint<'_>,
) -> Option<CString> {
    use kallsyms::Kind;

    let found = symbol(kallsyms, name, complaint).ok()?;
    let name = name.symbol;
    let hint = match found.kind {
        _ if is_per_cpu(kallsyms, found.address) => to_c_string(fmt!(
            "{name} is a per-CPU variable: per_cpu({name}, 0) is the first CPU's"
        )),
        Kind::Text | Kind::NoinstrText => {
            let text = to_c_string(fmt!("{name}")).ok()?;
            let btf = kallsyms.btf_of_vmlinux();
            match btf.as_ref().and_then(|btf| btf.function(&text)) {
                Some(prototype) => to_c_string(fmt!(
                    "{name} is a function, `{prototype}`: {name}(...) calls it, and &{name} is its address"
                )),
                None => to_c_string(fmt!(
                    "{name} is a function: {name}(...) calls it, and &{name} is its address"
                )),
            }
        }
        Kind::Data | Kind::Bss | Kind::Rodata => to_c_string(fmt!(
            "{name} is data ({} bytes) whose type is not known; a cast gives it one: *(type *)&{name}",
            found.size
        )),
        _ => return None,
    };
    hint.ok()
}

/// The address of a function of the kernel itself, by its name.
pub(crate) fn function(
    kallsyms: &Kallsyms,
    name: &text::NameText<'_>,
    complaint: &Complaint<'_>,
) -> Result<Option<usize>, Failure> {
    use kallsyms::Kind;

    let found = symbol(kallsyms, name, complaint)?;
    let is_code = matches!(found.kind, Kind::Text | Kind::EntryText | Kind::NoinstrText);
    Ok(is_code.then_some(found.address))
}

/// Whether a symbol's address lies among the per-CPU variables of the kernel itself.
fn is_per_cpu(kallsyms: &Kallsyms, address: usize) -> bool {
    let section = kallsyms.layout().section(kallsyms::Kind::Percpu);
    section.contains(&address)
}

/// Whether a pointer is a per-CPU pointer into the first chunk of per-CPU memory. That chunk has
/// the kernel's own variables, space for modules' variables, and the first allocations. Such a
/// pointer is the address that the variable had in the image of the kernel. Pointers into later
/// chunks cannot be mistaken for addresses.
pub(crate) fn is_per_cpu_pointer(kallsyms: &Kallsyms, pointer: usize) -> bool {
    let own = kallsyms.layout().section(kallsyms::Kind::Percpu);
    let end = own.end + module_bindings::RUST_KALLSYMS_PERCPU_RESERVE;
    !own.is_empty() && (own.start..end.next_multiple_of(PAGE_SIZE)).contains(&pointer)
}

/// The address of data of the kernel itself; see [`data`].
pub(crate) fn address(
    kallsyms: &Kallsyms,
    name: &text::NameText<'_>,
    constant: bool,
    size: usize,
    complaint: &Complaint<'_>,
) -> Result<usize, Failure> {
    Ok(data(kallsyms, name, constant, size, complaint)?.address)
}

/// Data of the kernel itself that has at least `size` bytes, and may be written
/// unless `constant`.
#[inline(never)]
pub(crate) fn data(
    kallsyms: &Kallsyms,
    name: &text::NameText<'_>,
    constant: bool,
    size: usize,
    complaint: &Complaint<'_>,
) -> Result<Found, Failure> {
    use kallsyms::Kind;

    let found = symbol(kallsyms, name, complaint)?;
    let name = name.symbol;
    match found.kind {
        _ if is_per_cpu(kallsyms, found.address) => Err(complaint.say(
            EFAULT,
            fmt!("each CPU has its own {name}: &per_cpu({name}, 0)"),
        )),
        kind if !matches!(kind, Kind::Data | Kind::Bss | Kind::Rodata) => {
            Err(complaint.say(EFAULT, fmt!("{name} is {kind}, not data")))
        }
        Kind::Rodata if !constant => Err(complaint.say(EACCES, fmt!("{name} must not be written"))),
        _ if found.size < size => {
            Err(complaint.say(EINVAL, fmt!("{name} has {} bytes, not {size}", found.size)))
        }
        _ => Ok(found),
    }
}

/// Data of a module that has at least `size` bytes. The module stays loaded for as long as the
/// [`Variable`] is kept.
#[inline(never)]
pub(crate) fn module_data(
    kallsyms: &Kallsyms,
    name: &text::NameText<'_>,
    size: usize,
    complaint: &Complaint<'_>,
) -> Result<(Found, Variable), Failure> {
    let found = symbol_of(kallsyms, name, complaint)?;
    if found.size < size {
        let has = found.size;
        return Err(complaint.say(EINVAL, fmt!("{} has {has} bytes, not {size}", name.symbol)));
    }
    let text = to_c_string(fmt!("{}", Pure(*name)))?;
    let (module, symbol) = (name.module.unwrap_or_default(), name.symbol);
    let say = |error: kallsyms::Error| match error {
        // The module has gone meanwhile.
        kallsyms::Error::NotFound => {
            complaint.say(ENOENT, fmt!("no such symbol in {module}: {symbol}"))
        }
        error => complaint.say(error.to_errno(), fmt!("{error}")),
    };
    let name = kallsyms::Name::new(&text).map_err(say)?;
    let variable = kallsyms.variable(&name, found.size).map_err(say)?;
    // The module may have been loaded again meanwhile.
    let address = variable.address();
    Ok((Found { address, ..found }, variable))
}

/// Whether an address is in the code or data of this module, its `struct module` included.
pub(crate) fn is_own(address: usize) -> bool {
    // SAFETY: Has no requirements.
    unsafe { module_bindings::rust_kallsyms_is_of_module(address) }
}

/// The address of a CPU's copy of what a per-CPU pointer points to; 0 if there is no such CPU.
pub(crate) fn per_cpu_at(pointer: usize, cpu: u64) -> usize {
    match u32::try_from(cpu) {
        // SAFETY: The function accepts any pointer and any number of a CPU: it adds the CPU's
        // offset to the pointer and reads nothing there.
        Ok(cpu) => unsafe { module_bindings::rust_kallsyms_per_cpu(pointer, cpu) },
        Err(_) => 0,
    }
}

/// The address of a CPU's copy of a per-CPU variable of the kernel itself; and whether no other
/// symbol has this name, so that the name determines the type.
#[inline(never)]
pub(crate) fn per_cpu(
    kallsyms: &Kallsyms,
    name: &text::NameText<'_>,
    cpu: u64,
    complaint: &Complaint<'_>,
) -> Result<(usize, bool), Failure> {
    let found = symbol(kallsyms, name, complaint)?;
    if !is_per_cpu(kallsyms, found.address) {
        return Err(complaint.say(EINVAL, fmt!("{} is no per-CPU variable", name.symbol)));
    }
    match per_cpu_at(found.address, cpu) {
        0 => Err(complaint.say(ENODEV, fmt!("there is no CPU {cpu}"))),
        address => Ok((address, found.is_only)),
    }
}
