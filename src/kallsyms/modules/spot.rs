// SPDX-License-Identifier: GPL-2.0

//! Where a walk stands that goes on after the list of modules was unlocked.

use super::{
    Module,
    ModuleName,
    ModuleRef,
    Modules, //
};
use core::{
    convert::Infallible,
    ops::ControlFlow, //
};
use kernel::prelude::*;

/// Where among the modules a walk stands while their list is not locked, so that they come and go.
#[derive(Clone, Copy)]
pub(in crate::kallsyms) struct Spot {
    /// The name of the module; empty before the first one.
    name: ModuleName,
    /// The number of its symbol that comes next.
    symbol: usize,
    /// How many modules are left, this one included. Modules are loaded before the first one of the
    /// list: so that this finds the next module if this one has been removed, and a walk ends
    /// however many are loaded meanwhile.
    left: usize,
}

impl Spot {
    /// Before the first symbol of the first module.
    pub(in crate::kallsyms) const FIRST: Self = Self {
        name: ModuleName::EMPTY,
        symbol: 0,
        left: usize::MAX,
    };

    /// Before the first symbol of a module.
    fn at(module: &Module) -> Self {
        Self {
            name: ModuleName::new(module.name()),
            ..Self::FIRST
        }
    }

    /// The number of its symbol that comes next.
    pub(in crate::kallsyms) fn symbol(&mut self) -> &mut usize {
        &mut self.symbol
    }

    /// The name of the module.
    fn name(&self) -> &CStr {
        &self.name
    }
}

impl Modules<'_> {
    /// As [`Self::for_each_since`], from the module after the one at `spot` on, which is
    /// referenced: so that it need not be looked for.
    pub(in crate::kallsyms) fn go_on_after<B>(
        &self,
        module: &ModuleRef,
        spot: &mut Spot,
        mut f: impl FnMut(&Module, &mut usize) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        self.for_each_after(module, |module| {
            *spot = Spot {
                left: spot.left.saturating_sub(1),
                ..Spot::at(module)
            };
            f(module, &mut spot.symbol)
        })
    }

    /// As [`Self::for_each`], from where `spot` says. `f` gets the number of the module's first
    /// symbol to look at. If it breaks, it may set that number for the next time.
    pub(in crate::kallsyms) fn for_each_since<B>(
        &self,
        spot: &mut Spot,
        mut f: impl FnMut(&Module, &mut usize) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let mut count = 0;
        let mut same = None;
        let name = spot.name();
        let ControlFlow::Continue(()) = self.for_each(|module| {
            if !name.is_empty() && module.raw_name().is(name) {
                same = Some(count);
            }
            count += 1;
            ControlFlow::<Infallible>::Continue(())
        });
        // A module that was removed and loaded again is before those that have been walked over.
        let same = same.filter(|index| count - index <= spot.left);
        let mut index = 0;
        self.for_each(|module| {
            let left = count - index;
            let skipped = match same {
                Some(same) => index < same,
                None => left >= spot.left,
            };
            let goes_on = same == Some(index);
            index += 1;
            if skipped {
                return ControlFlow::Continue(());
            }
            if !goes_on {
                *spot = Spot::at(module);
            }
            spot.left = left;
            f(module, &mut spot.symbol)
        })
    }
}
