// SPDX-License-Identifier: GPL-2.0

//! Functions that may be called: found by name, with everything that is known about them before a
//! call.

use super::{
    candidates::missing,
    request::SymbolName,
    rules::{
        known_parameters,
        lent_memory, //
    },
    signature::CallSignature,
    CallRequest,
    Caller, //
};
use crate::{
    failure::{
        unsafe_in,
        Failure, //
    },
    kallsyms::{
        Name,
        Target, //
    },
    nearest::ALIASES,
    show::{
        value::Value,
        Callee,
        Facts,
        Outcome, //
    }, //
};
use core::cell::Cell;
use kernel::{
    prelude::{
        fmt,
        *, //
    },
    str::CString,
    sync::Arc, //
};

/// A function that may be called. Its module stays loaded for as long as this lives.
pub(crate) struct Callable<'k> {
    pub(super) target: Target,
    pub(crate) signature: CallSignature<'k>,
    pub(crate) callee: Arc<Callee>,
    /// Whether it returns errors as negative numbers.
    returns_errors: bool,
    /// Whether it has been found that memory may be lent to it.
    may_borrow: Cell<bool>,
}

impl Caller {
    /// The function that is asked for. May sleep.
    #[inline(never)]
    pub(crate) fn callable(&self, request: &CallRequest<'_>) -> Result<Callable<'_>, Failure> {
        let kallsyms = self.kallsyms();
        let (alias, name) = function(request.function)?;
        let target = if request.unsafe_call {
            // SAFETY: The user asked for an unsafe call, and so promises that calling the function
            // is sound.
            unsafe { kallsyms.target_unchecked(&name, request.position) }
        } else {
            kallsyms.target(&name, request.position)
        };
        let target = target.map_err(|error| missing(kallsyms, &name, request, error))?;
        if !request.unsafe_call {
            self.rules
                .refuse_hazard(kallsyms, name.symbol(), target.address(), request.source)?;
        }
        let signature = CallSignature::new(kallsyms, &target, name.symbol(), request)?;
        let returns = signature.btf.as_ref().zip(signature.returns_id);
        let returns = returns.map(|(btf, id)| btf.ty(id).name());
        let extent = kallsyms.extent(target.address());
        let callee = Callee {
            name: CString::try_from(name.symbol())?,
            alias,
            module: CString::try_from(target.module_name())?,
            size: extent.map_or(0, |(size, _)| size),
        };
        Ok(Callable {
            returns_errors: known_parameters::returns_errors(name.symbol(), returns),
            may_borrow: Cell::new(request.unsafe_call),
            target,
            signature,
            callee: Arc::new(callee, GFP_KERNEL)?,
        })
    }
}

impl Callable<'_> {
    /// Fails if memory must not be lent to the function. The call is in a text in `source`.
    #[inline(never)] // frame
    pub(super) fn refuse_lending(&self, source: &str) -> Result<(), Failure> {
        let name = &*self.callee.name;
        if self.may_borrow.get() {
            return Ok(());
        }
        let Some(what) = lent_memory::why_not(name) else {
            self.may_borrow.set(true);
            return Ok(());
        };
        Err(Failure::new(
            EPERM,
            fmt!(
                "{name}: {what}; strings, out and braces are only lent to functions; {} lends it them",
                unsafe_in(source)
            ),
        ))
    }

    /// The outcome of a call that returned `register`.
    #[inline(never)] // frame
    pub(crate) fn outcome(
        &self,
        facts: Facts<'_>,
        register: usize,
    ) -> Result<KBox<Outcome>, Failure> {
        let Self { signature, .. } = self;
        let mut value = Value::new(facts, signature.returns, signature.btf.as_ref(), register)?;
        if !self.returns_errors {
            value.forget_error();
        }
        let prototype = CString::try_from(&*signature.prototype)?;
        let mut outcome = Outcome::of_value(value, prototype)?;
        outcome.callee = Some(self.callee.clone());
        Ok(outcome)
    }
}

/// The called function, and whether its name differs from the one that was asked for.
#[inline(never)]
pub(crate) fn function(written: &SymbolName) -> Result<(bool, Name<'_>), Failure> {
    let alias = ALIASES
        .iter()
        .find(|(alias, _)| *alias == written.as_bytes());
    let name = match alias {
        Some((_, today)) => Name::of_parts(None, today),
        None => written.name(),
    };
    match name {
        Ok(name) => Ok((alias.is_some(), name)),
        Err(error) => Err(Failure::symbol(written.as_bytes(), &error)),
    }
}
