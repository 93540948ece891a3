// SPDX-License-Identifier: GPL-2.0

//! Searching functions by what they take and return.

use super::{
    patterns::Patterns,
    written_type::NamedType, //
};
use crate::{
    bindings,
    failure::{
        Failure,
        Written, //
    },
    kallsyms::{
        Btf,
        Kallsyms,
        Name,
        Position,
        Prototype,
        Type, //
    },
    text, //
};
use core::ops::ControlFlow;
use kernel::{
    alloc::AllocError,
    prelude::{
        fmt,
        *, //
    }, //
};

/// The file whose requests [`Search::new`] parses.
const SOURCE: &str = "functions";

/// How many types of parameters can be asked for.
const MAX_TAKES: usize = 6;

/// The bit for a type that has been compared, and the bit for the returned type. The others are for
/// parameters.
const KNOWN: u8 = 1 << 7;
const RETURNS: u8 = 1;

/// How many functions are looked at before others may run.
const AT_ONCE: u32 = 1024;

/// A choice of functions.
pub(crate) struct Search {
    returns: Option<NamedType>,
    takes: KVec<NamedType>,
    names: Patterns,
    modules: Patterns,
    arguments: Option<usize>,
    /// The most functions to find.
    pub(crate) limit: Option<usize>,
}

impl Search {
    /// Parses `returns=… takes=… filter=… module=… args=… limit=…`. All keys are optional, in any
    /// order. Each `takes` counts; of any other key only the last. `name=` means the same as
    /// `filter=`.
    pub(crate) fn new(written: &[u8]) -> Result<Self, Failure> {
        let mut search = Self {
            returns: None,
            takes: KVec::new(),
            names: Patterns::default(),
            modules: Patterns::default(),
            arguments: None,
            limit: None,
        };
        for choice in text::choices(written) {
            let choice = choice.map_err(|error| Failure::parse(SOURCE, error))?;
            let value = Written {
                source: SOURCE,
                column: choice.value_column,
                text: choice.value,
            };
            match choice.key {
                "returns" => search.returns = Some(NamedType::new(&value)?),
                "takes" if search.takes.len() == MAX_TAKES => {
                    return Err(value.failure(
                        E2BIG,
                        fmt!("at most {MAX_TAKES} parameters can be asked for"),
                    ))
                }
                "takes" => search.takes.push(NamedType::new(&value)?, GFP_KERNEL)?,
                "filter" | "name" => search.names = Patterns::new(&value)?,
                "module" => search.modules = Patterns::of_modules(&value)?,
                "args" => search.arguments = Some(number(&value)?),
                "limit" => search.limit = Some(number(&value)?).filter(|limit| *limit != 0),
                _ => {
                    return Err(Failure::at(
                        EINVAL,
                        SOURCE,
                        choice.column,
                        fmt!("write returns=, takes=, filter=, module=, args= or limit="),
                    ))
                }
            }
        }
        Ok(search)
    }

    /// Fails if a type or a module does not exist. May sleep.
    pub(crate) fn check(&self, kallsyms: &Kallsyms) -> Result<(), Failure> {
        self.modules.check_modules(kallsyms)?;
        for wanted in self.types() {
            let found = kallsyms.for_each_btf_from(
                &mut Position::new(),
                |_| true,
                |_, btf, _| match wanted.target(btf) {
                    Some(_) => ControlFlow::Break(()),
                    None => ControlFlow::Continue(()),
                },
            );
            match found {
                Ok(ControlFlow::Break(())) => {}
                Ok(ControlFlow::Continue(())) => return Err(wanted.unknown()),
                Err(error) => return Err(Failure::from(error.to_errno())),
            }
        }
        Ok(())
    }

    /// Whether it chooses by what functions take or return.
    fn is_typed(&self) -> bool {
        self.arguments.is_some() || self.types().next().is_some()
    }

    /// The types that are asked for.
    fn types(&self) -> impl Iterator<Item = &NamedType> {
        Iterator::chain(self.returns.iter(), &self.takes)
    }

    /// Calls `f` with the module and the prototype of each function that is chosen, from `position`
    /// on, until it breaks; leaves in `position` where that was. Sleeps; no lock is held while `f`
    /// runs.
    #[inline(never)]
    pub(crate) fn for_each(
        &self,
        kallsyms: &Kallsyms,
        position: &mut Position,
        mut f: impl FnMut(&CStr, &Prototype<'_>) -> ControlFlow<()>,
    ) -> Result<(), Failure> {
        let mut masks = Masks::default();
        let mut failed = Ok(());
        let wanted = |module: &CStr| self.modules.matches(module);
        let walked = kallsyms.for_each_btf_from(position, wanted, |module, btf, next| {
            let Ok(mut filter) = Filter::new(self, btf, &mut masks) else {
                failed = Err(Failure::from(ENOMEM));
                return ControlFlow::Break(());
            };
            let walked = filter.for_each(kallsyms, module, next, |prototype| f(module, prototype));
            walked.map_break(|stop| {
                if matches!(stop, Stop::Signal) {
                    failed = Err(Failure::from(ERESTARTSYS));
                }
            })
        });
        failed?;
        match walked {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure::from(error.to_errno())),
        }
    }
}

/// The number that was written.
fn number(value: &Written<'_>) -> Result<usize, Failure> {
    text::number(value.text).map_err(|error| value.error(error))
}

/// For each type, by its id, which of the wanted types it is: a bit for each, and [`KNOWN`].
#[derive(Default)]
struct Masks {
    of_types: KVVec<u8>,
    /// Whether all wanted types are `vmlinux`'s: then the masks of its types are the same for the
    /// next module.
    shared: bool,
}

impl Masks {
    /// Makes room for the types of a BTF. The masks of the types of `vmlinux` stay if they are
    /// `shared` and were before.
    fn prepare(&mut self, btf: &Btf<'_>, shared: bool) -> Result<(), AllocError> {
        if shared && self.shared {
            self.of_types.truncate(btf.first() as usize);
        } else {
            self.of_types.clear();
        }
        self.shared = shared;
        self.of_types
            .resize(btf.count() as usize, 0, GFP_KERNEL_ACCOUNT)
    }

    /// The mask of a type, if it is known.
    fn get(&self, id: u32) -> Option<u8> {
        self.of_types
            .get(id as usize)
            .copied()
            .filter(|mask| mask & KNOWN != 0)
    }

    fn set(&mut self, id: u32, mask: u8) {
        if let Some(place) = self.of_types.get_mut(id as usize) {
            *place = mask | KNOWN;
        }
    }
}

/// Why a search stops before its end.
enum Stop {
    /// As many functions as are wanted now have been found.
    Enough,
    /// The process has a signal to handle.
    Signal,
}

/// The choice among the functions of one BTF.
struct Filter<'a> {
    search: &'a Search,
    btf: &'a Btf<'a>,
    /// The base of each wanted type, by the number of its bit.
    targets: [Option<Type<'a>>; MAX_TAKES + 1],
    masks: &'a mut Masks,
}

impl<'a> Filter<'a> {
    /// `masks` can come from another filter of this search.
    #[inline(never)]
    fn new(search: &'a Search, btf: &'a Btf<'a>, masks: &'a mut Masks) -> Result<Self, AllocError> {
        let mut targets = [None; MAX_TAKES + 1];
        if let (Some(target), Some(returns)) = (targets.first_mut(), &search.returns) {
            *target = returns.target(btf);
        }
        for (target, takes) in targets.iter_mut().skip(1).zip(&search.takes) {
            *target = takes.target(btf);
        }
        // If a wanted type is the module's own, the masks of `vmlinux`'s types are of no use for
        // other modules.
        let shared = targets.iter().flatten().all(|ty| btf.is_of_base(ty.id()));
        if search.types().next().is_some() {
            masks.prepare(btf, shared)?;
        }
        Ok(Self {
            search,
            btf,
            targets,
            masks,
        })
    }

    /// Which of the wanted types this one is. Each type is compared once.
    fn mask(&mut self, id: u32) -> u8 {
        match self.masks.get(id) {
            Some(mask) => mask,
            None => self.compare(id),
        }
    }

    #[inline(never)]
    fn compare(&mut self, id: u32) -> u8 {
        let mut mask = 0;
        let ty = self.btf.ty(id);
        let first = usize::from(self.search.returns.is_none());
        for (named, bit) in self.search.types().zip(first..) {
            let pointee = (0..named.pointers).try_fold(ty, |ty, _| ty.pointee());
            let target = self.targets.get(bit).copied().flatten();
            let same = pointee
                .zip(target)
                .is_some_and(|(ty, target)| ty.is_same(target));
            mask |= u8::from(same) << bit;
        }
        self.masks.set(id, mask);
        mask
    }

    /// Whether a function takes and returns the wanted types.
    fn fits(&mut self, prototype: &Prototype<'_>) -> bool {
        let parameters = prototype.parameter_ids();
        if self
            .search
            .arguments
            .is_some_and(|count| parameters.len() != count)
        {
            return false;
        }
        if self.search.returns.is_some() && self.mask(prototype.returns().id()) & RETURNS == 0 {
            return false;
        }
        // Each parameter counts as one of the wanted types. If it can be several of them, these are
        // all the same type.
        let mut left = ((1u8 << self.search.takes.len()) - 1) << 1;
        for parameter in parameters {
            if left == 0 {
                break;
            }
            let fits = self.mask(parameter) & left;
            left &= !(fits & fits.wrapping_neg());
        }
        left == 0
    }

    /// Calls `f` for each function that is chosen, from the one of id `next` on, until it breaks or
    /// a signal comes; `next` is then where to go on.
    #[inline(never)]
    fn for_each(
        &mut self,
        kallsyms: &Kallsyms,
        module: &CStr,
        next: &mut usize,
        mut f: impl FnMut(&Prototype<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<Stop> {
        let btf = self.btf;
        let first = (*next as u32).max(btf.first());
        let typed = self.search.is_typed();
        let mut left = AT_ONCE;
        for prototype in btf.functions_since(first) {
            left -= 1;
            if left == 0 {
                left = AT_ONCE;
                // SAFETY: It only lets others run, where this may sleep: in a process that holds no
                // lock, as the callers of this are.
                unsafe { bindings::kallsyms_helper_cond_resched() };
                if kernel::current!().signal_pending() {
                    *next = prototype.id() as usize;
                    return ControlFlow::Break(Stop::Signal);
                }
            }
            // The name is compared first, which is cheap. With implicit arguments, under another
            // name, a function may have what is asked for that it lacks without.
            let named = self.search.names.match_function(&prototype)
                || typed && prototype.name().to_bytes().ends_with(b"_impl");
            if !named || !self.fits(&prototype) {
                continue;
            }
            *next = prototype.id() as usize;
            match self.function(kallsyms, module, prototype) {
                Some(prototype) if self.search.names.match_function(&prototype) => {
                    f(&prototype).map_break(|()| Stop::Enough)?
                }
                _ => {}
            }
        }
        ControlFlow::Continue(())
    }

    /// The function of the module that a prototype is of. With the implicit arguments of a kfunc it
    /// stands under another name, which no symbol has, and is not given again if the function is
    /// found without them.
    #[inline(never)]
    fn function<'p>(
        &mut self,
        kallsyms: &Kallsyms,
        module: &CStr,
        prototype: Prototype<'p>,
    ) -> Option<Prototype<'p>>
    where
        'a: 'p,
    {
        let Some((written, whole)) = self.btf.without_implicit_arguments(&prototype) else {
            return Some(prototype);
        };
        let symbol = Name::of_parts(Some(module.to_bytes()), prototype.name())
            .and_then(|name| kallsyms.for_each_named(&name, |_| ControlFlow::Break(())));
        match symbol {
            Ok(ControlFlow::Break(())) => Some(prototype),
            _ => (!self.fits(&written)).then_some(whole),
        }
    }
}
