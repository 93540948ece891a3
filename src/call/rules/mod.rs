// SPDX-License-Identifier: GPL-2.0

//! Rules that refuse a call whatever its arguments are.

pub(crate) mod classes;
pub(crate) mod known_parameters;
pub(crate) mod landing_pad;
pub(crate) mod lent_memory;
pub(crate) mod never_returns;
pub(crate) mod permission;
pub(crate) mod unsupported;

use self::never_returns::Decoder;

use crate::{
    failure::{
        unsafe_in,
        Failure, //
    },
    kallsyms::{
        self,
        Kallsyms,
        Prototype,
        Symbol, //
    }, //
};
use core::ops::Range;
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    }, //
};

/// Why a call is refused, whatever the arguments are.
pub(crate) enum Obstacle {
    /// An error of the library.
    Error(kallsyms::Error),
    /// What the function does or takes.
    Hazard(&'static str),
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => f.write_fmt(fmt!("{error}")),
            Self::Hazard(what) => f.write_str(what),
        }
    }
}

/// Fails if a call of the function `name` needs `unsafe` because of its prototype.
pub(crate) fn refuse_prototype(
    name: &CStr,
    prototype: &Prototype<'_>,
    source: &str,
) -> Result<(), Failure> {
    match classes::of_prototype(prototype) {
        Some(what) => Err(refusal(name, what, source)),
        None => Ok(()),
    }
}

/// The error for a call of the function `name`, in a text in `source`, that needs `unsafe`.
fn refusal(name: &CStr, what: &str, source: &str) -> Failure {
    let how = unsafe_in(source);
    Failure::new(EPERM, fmt!("{name}: {what}; {how} calls it all the same"))
}

/// The rules, and what they need from the kernel.
pub(crate) struct Rules(Decoder);

impl Rules {
    /// May sleep.
    pub(crate) fn new(kallsyms: &Kallsyms) -> Self {
        Self(Decoder::new(kallsyms))
    }

    /// Why a call of the function `name` with this code, whose module is held, needs `unsafe`.
    fn hazard(&self, name: &CStr, code: impl FnOnce() -> Range<usize>) -> Option<Obstacle> {
        classes::of_name(name).map(Obstacle::Hazard).or_else(|| {
            let never = self.0.never_returns(code());
            never.then_some(Obstacle::Error(kallsyms::Error::NoReturn))
        })
    }

    /// Fails if a call of the function `name` at `address`, whose module is held, needs
    /// `unsafe`.
    pub(crate) fn refuse_hazard(
        &self,
        kallsyms: &Kallsyms,
        name: &CStr,
        address: usize,
        source: &str,
    ) -> Result<(), Failure> {
        let code = || match kallsyms.extent(address) {
            Some((size, 0)) => address..address.saturating_add(size),
            _ => address..address,
        };
        match self.hazard(name, code) {
            None => Ok(()),
            Some(Obstacle::Error(error)) => Err(Failure::call(source, name.to_bytes(), &error)),
            Some(Obstacle::Hazard(what)) => Err(refusal(name, what, source)),
        }
    }

    /// Why the function at this symbol, with this prototype, cannot be called, and whether `unsafe`
    /// helps.
    pub(crate) fn obstacle(
        &self,
        kallsyms: &Kallsyms,
        symbol: &Symbol<'_>,
        prototype: Option<&Prototype<'_>>,
    ) -> Option<(Obstacle, bool)> {
        let error = match symbol.may_be_called() {
            Err(error) => return Some((Obstacle::Error(error), false)),
            Ok(error) => error.map(Obstacle::Error),
        };
        let name = symbol.name();
        let hazard = |error: Option<Obstacle>| {
            let code = || {
                let size = symbol.size(kallsyms).unwrap_or(0);
                symbol.address()..symbol.address().saturating_add(size)
            };
            error.or_else(|| self.hazard(name, code))
        };
        let Some(prototype) = prototype else {
            let unknown = Obstacle::Error(kallsyms::Error::NoPrototype);
            return Some((hazard(error).unwrap_or(unknown), true));
        };
        if let Some(what) = unsupported::unsupported(prototype) {
            return Some((Obstacle::Hazard(what), false));
        }
        let known = symbol.module().is_none() && known_parameters::formats(name);
        let obstacle = hazard(error)
            .or_else(|| classes::of_prototype(prototype).map(Obstacle::Hazard))
            .or_else(|| {
                (prototype.is_variadic() && !known)
                    .then_some(Obstacle::Hazard("it takes variable arguments"))
            });
        obstacle.map(|obstacle| (obstacle, true))
    }
}
