// SPDX-License-Identifier: GPL-2.0

//! What is known of a function, in words: who may use it, what traces it, and what prevents a call.

use crate::{
    call::rules::{
        Obstacle,
        Rules, //
    },
    kallsyms::{
        Export,
        Kallsyms,
        Kind,
        Name,
        NameIndex,
        Prototype,
        Symbol, //
    },
    module_bindings,
    print::to_c_string,
    tracers::{
        self,
        Tracers, //
    }, //
};
use core::{
    cell::{
        Cell,
        RefCell, //
    },
    ops::ControlFlow, //
};
use kernel::{
    alloc::AllocError,
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// What the verifier is told of kfuncs.
const FLAGS: [(u32, &str); 7] = [
    (module_bindings::KF_ACQUIRE, "acquire"),
    (module_bindings::KF_RELEASE, "release"),
    (module_bindings::KF_RET_NULL, "ret_null"),
    (module_bindings::KF_SLEEPABLE, "sleepable"),
    (module_bindings::KF_DESTRUCTIVE, "destructive"),
    (module_bindings::KF_RCU, "rcu"),
    (module_bindings::KF_IMPLICIT_ARGS, "implicit_args"),
];

/// Describes functions.
pub(crate) struct Describer<'a> {
    pub(super) kallsyms: &'a Kallsyms,
    rules: &'a Rules,
    tracers: &'a Tracers,
    /// See [`tracers::PATIENCE`].
    patience: Cell<usize>,
    /// The module whose functions are described.
    names: RefCell<NameIndex>,
}

impl<'a> Describer<'a> {
    /// Looks nothing up yet.
    pub(crate) fn new(kallsyms: &'a Kallsyms, rules: &'a Rules, tracers: &'a Tracers) -> Self {
        Self {
            kallsyms,
            rules,
            tracers,
            patience: Cell::new(tracers::PATIENCE),
            names: RefCell::default(),
        }
    }

    /// A function of `module` as a line: `MODULE  PROTOTYPE;  marks`. Takes the lock of the list of
    /// modules, for which it may sleep.
    #[inline(never)]
    pub(crate) fn function(
        &self,
        module: &CStr,
        prototype: &Prototype<'_>,
    ) -> Result<CString, AllocError> {
        let kallsyms = self.kallsyms;
        let flags = self.flags(prototype);
        let whole = match flags {
            Some(flags) if flags & module_bindings::KF_IMPLICIT_ARGS != 0 => {
                prototype.returns().btf().with_implicit_arguments(prototype)
            }
            _ => None,
        };
        let prototype = whole.as_ref().unwrap_or(prototype);
        let mut count = 0;
        let mut marks = None;
        let name = Name::of_parts(Some(module.to_bytes()), prototype.name());
        if let (Ok(name), Ok(mut names)) = (name, self.names.try_borrow_mut()) {
            let _ = kallsyms.for_each_named_by(&mut names, &name, |symbol| {
                count += 1;
                if count == 1 {
                    marks = Some(self.marks_of(symbol, prototype, flags));
                }
                ControlFlow::<()>::Continue(())
            });
        }
        let marks = match (marks, count) {
            (None, _) => to_c_string(fmt!(", no symbol"))?,
            (Some(marks), 1) => marks?,
            (Some(marks), _) => to_c_string(fmt!("{}, the first of {count} symbols", &*marks?))?,
        };
        to_c_string(fmt!("{module}  {prototype};{}", Behind(&marks)))
    }

    /// The flags of a kfunc.
    fn flags(&self, prototype: &Prototype<'_>) -> Option<u32> {
        let btf = prototype.returns().btf();
        self.kallsyms.kfuncs()?.flags(btf, prototype.id())
    }

    /// The marks of a function that was found by its prototype.
    #[inline(never)]
    fn marks_of(
        &self,
        symbol: &Symbol<'_>,
        prototype: &Prototype<'_>,
        kfunc: Option<u32>,
    ) -> Result<CString, AllocError> {
        // BTF also says this of functions in assembly.
        let nothing = prototype.parameter_ids().len() == 0 && prototype.returns().id() == 0;
        let compiled = !nothing || self.kallsyms.is_compiled(symbol.address());
        to_c_string(fmt!(
            "{}",
            self.marks(symbol, compiled.then_some(prototype), kfunc)
        ))
    }

    fn marks<'s>(
        &self,
        symbol: &Symbol<'s>,
        prototype: Option<&Prototype<'_>>,
        kfunc: Option<u32>,
    ) -> Marks<'s> {
        let kallsyms = self.kallsyms;
        Marks {
            export: symbol.export(kallsyms),
            kfunc,
            traceable: is_text(symbol) && symbol.can_trace(kallsyms),
            // What the BTF has as a function is one, also where the boot has freed it.
            obstacle: if is_text(symbol) || prototype.is_some() {
                self.rules.obstacle(kallsyms, symbol, prototype)
            } else {
                None
            },
        }
    }

    /// What is known of a symbol, the one at this position of its name, for the end of its line.
    /// The list of modules is locked, and the kernel's types are looked up, for which it may sleep.
    #[inline(never)]
    pub(crate) fn symbol(
        &self,
        symbol: &Symbol<'_>,
        position: usize,
    ) -> Result<CString, AllocError> {
        let kallsyms = self.kallsyms;
        let section = match symbol.section(kallsyms)? {
            Some(section) => to_c_string(fmt!(" section={}", &*section))?,
            None => to_c_string(fmt!(""))?,
        };
        let btf = if is_text(symbol) {
            kallsyms.btf_of_symbol(symbol)
        } else {
            None
        };
        let prototype = btf.as_ref().and_then(|btf| btf.function(symbol.name()));
        let marks = self.marks_and_followers(symbol, prototype.as_ref())?;
        match &prototype {
            Some(prototype) => to_c_string(fmt!(
                "{} stack={} sympos={position}  {prototype};{}",
                &*section,
                prototype.stack_size(),
                Behind(&marks)
            )),
            None => to_c_string(fmt!("{} sympos={position}{}", &*section, Behind(&marks))),
        }
    }

    #[inline(never)]
    fn marks_and_followers(
        &self,
        symbol: &Symbol<'_>,
        prototype: Option<&Prototype<'_>>,
    ) -> Result<CString, AllocError> {
        let kallsyms = self.kallsyms;
        let kfunc = prototype.and_then(|prototype| self.flags(prototype));
        let marks = self.marks(symbol, prototype, kfunc);
        match symbol.size(kallsyms) {
            Some(size) if is_text(symbol) => {
                let function = symbol.address()..symbol.address().saturating_add(size);
                let followers = self.tracers.of(kallsyms, function, &self.patience);
                to_c_string(fmt!("{marks}{followers}"))
            }
            _ => to_c_string(fmt!("{marks}")),
        }
    }
}

/// Whether it is code.
fn is_text(symbol: &Symbol<'_>) -> bool {
    matches!(
        symbol.kind(),
        Kind::Text | Kind::EntryText | Kind::NoinstrText | Kind::InitText
    )
}

/// What is known of a function besides its prototype. Each mark prints with a comma before it.
struct Marks<'a> {
    export: Option<Export<'a>>,
    kfunc: Option<u32>,
    traceable: bool,
    /// What prevents a call, and whether `unsafe` helps.
    obstacle: Option<(Obstacle, bool)>,
}

impl fmt::Display for Marks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(export) = &self.export {
            f.write_str(if export.gpl_only {
                ", exported GPL-only"
            } else {
                ", exported"
            })?;
            if let Some(namespace) = export.namespace {
                f.write_fmt(fmt!(" namespace {namespace}"))?;
            }
        }
        if let Some(flags) = self.kfunc {
            f.write_str(", kfunc")?;
            for (_, name) in FLAGS.iter().filter(|(flag, _)| flags & flag != 0) {
                f.write_fmt(fmt!(" {name}"))?;
            }
        }
        f.write_str(if self.traceable { ", traceable" } else { "" })?;
        match &self.obstacle {
            Some((obstacle, true)) => f.write_fmt(fmt!(", unsafe ({obstacle})")),
            Some((obstacle, false)) => f.write_fmt(fmt!(", no call ({obstacle})")),
            None => Ok(()),
        }
    }
}

/// Marks at the end of a line: two spaces before them, and no comma before the first.
struct Behind<'a>(&'a CStr);

impl fmt::Display for Behind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let marks = self.0.to_str().unwrap_or_default();
        match marks.strip_prefix(", ") {
            Some(marks) => f.write_fmt(fmt!("  {marks}")),
            None => Ok(()),
        }
    }
}
