// SPDX-License-Identifier: GPL-2.0

//! Callbacks: functions as arguments.

use super::Converter;
use crate::{
    call::{
        arguments::Complaint,
        request::SymbolName,
        rules::{
            self,
            landing_pad, //
        },
        signature::Formal, //
    },
    ctype::same_prototype::Comparison,
    failure::Failure,
    kallsyms::{
        self,
        Target,
        Type, //
    },
    print::to_c_string,
    text, //
};
use kernel::prelude::{
    fmt,
    *, //
};

impl Converter<'_, '_, '_> {
    /// The address of a function, for a parameter that is a function pointer.
    ///
    /// The function must belong to the kernel itself, or to the module of the called function,
    /// which stays loaded. Another module could be removed while the called function still has the
    /// pointer.
    #[inline(never)]
    pub(crate) fn callback(
        &self,
        parameter: &Formal,
        name: &text::NameText<'_>,
        complaint: &Complaint<'_>,
    ) -> Result<usize, Failure> {
        let function = SymbolName::new(*name)?;
        let refuse = |error: kallsyms::Error| complaint.say(error.to_errno(), fmt!("{error}"));
        let name = function.name().map_err(refuse)?;
        let target = self.kallsyms.target(&name, 0).map_err(refuse)?;
        let name = name.symbol();
        if !target.is_of_vmlinux() && !target.is_of_same_module(&self.callable.target) {
            return Err(complaint.say(
                EINVAL,
                fmt!(
                    "{name} is of {}; only functions of the kernel itself, and of the module that is called, stay where they are",
                    target.module_name()
                ),
            ));
        }
        if !self.request.unsafe_call {
            self.rules
                .refuse_hazard(self.kallsyms, name, target.address(), self.request.source)?;
            self.compare(parameter, &target, name, complaint)?;
        }
        if !landing_pad::is_reachable(target.address()) {
            return Err(complaint.say(
                EPERM,
                fmt!(
                    "{name} cannot be called through a pointer: the kernel never takes its address"
                ),
            ));
        }
        Ok(target.address())
    }

    /// Fails unless the function has the prototype that the parameter wants.
    #[inline(never)]
    fn compare(
        &self,
        parameter: &Formal,
        target: &Target,
        name: &CStr,
        complaint: &Complaint<'_>,
    ) -> Result<(), Failure> {
        let wanted = self
            .callable
            .signature
            .pointee(parameter)
            .and_then(Type::prototype);
        let btf = self.kallsyms.btf(target);
        let known = btf.as_ref().and_then(|btf| btf.function(name));
        let (Some(wanted), Some(known)) = (wanted, known) else {
            return Err(complaint.say(
                kallsyms::Error::NoPrototype.to_errno(),
                fmt!("the kernel has no prototype of {name}, or of what is wanted here"),
            ));
        };
        rules::refuse_prototype(name, &known, self.request.source)?;
        // Both prototypes are in one BTF, or the callback's is in the BTF that the called
        // function's is based on. So an id means the same type in both.
        let same = match &self.callable.signature.btf {
            Some(btf) => Comparison::new(btf).functions(&wanted, &known)?,
            None => false,
        };
        if !same {
            let known = to_c_string(fmt!("{known}"))?;
            return Err(complaint.say(EINVAL, fmt!("this is `{}`", &*known)));
        }
        Ok(())
    }
}
