// SPDX-License-Identifier: GPL-2.0

//! Functions to call back: those that may be reached by a pointer.
//!
//! With Indirect Branch Tracking (IBT) a pointer leads only to a function that begins with a landing pad. The kernel
//! takes those away at boot of functions whose address nobody takes, so that only the code as it is now can tell. With
//! kCFI the caller also compares the hash of its prototype that stands before a function; functions whose address
//! nobody takes have none. FineIBT has the landing pad there.

use super::{
    Complaint,
    Converter, //
};
use crate::{
    call::{
        request::SymbolName,
        signature::Formal, //
    },
    ctype::same_prototype::Comparison,
    failure::Failure,
    kallsyms::{
        self,
        nofault,
        Target, //
    },
    print::to_c_string,
    text, //
};
use kernel::prelude::{
    fmt,
    *, //
};

impl Converter<'_, '_, '_> {
    /// The address of a function that the parameter is given.
    ///
    /// It is the kernel's own, or of the module whose function is called, and which so stays: others could go while
    /// the function that is called still has the pointer.
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
        if !target.is_of_vmlinux() && !target.is_of_same_module(self.target) {
            return Err(complaint.say(
                EINVAL,
                fmt!(
                    "{name} is of {}; only functions of the kernel itself, and of the module that is called, stay where they are",
                    target.module_name()
                ),
            ));
        }
        if !self.asked.unsafe_call {
            self.caller.refuse_hazard(name, target.address())?;
            self.compare(parameter, &target, name, complaint)?;
        }
        match is_reachable(target.address()) {
            true => Ok(target.address()),
            false => Err(complaint.say(
                EPERM,
                fmt!(
                    "{name} must not be called by a pointer: the kernel takes its address nowhere"
                ),
            )),
        }
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
        let wanted = self.signature.btf.as_ref().zip(parameter.id);
        let wanted = wanted.and_then(|(btf, id)| btf.ty(id).pointee()?.prototype());
        let btf = self.kallsyms.btf(target);
        let known = btf.as_ref().and_then(|btf| btf.function(name));
        let (Some(wanted), Some(known)) = (wanted, known) else {
            return Err(complaint.say(
                kallsyms::Error::NoPrototype.to_errno(),
                fmt!("the kernel has no prototype of {name}, or of what is wanted here"),
            ));
        };
        // Both are of the same BTF, or the function's is that on which the other is based: equal numbers of types in
        // them mean the same type.
        let same = match &self.signature.btf {
            Some(btf) => Comparison::new(btf).functions(&wanted, &known)?,
            None => false,
        };
        match same {
            true => Ok(()),
            false => {
                let known = to_c_string(fmt!("{known}"))?;
                Err(complaint.say(EINVAL, fmt!("this is `{}`", &*known)))
            }
        }
    }
}

/// Whether a function may be called by a pointer.
pub(crate) fn is_reachable(address: usize) -> bool {
    let (mut before, mut entry) = ([0u8; 16], [0u8; 4]);
    // Nothing need be before the first function of a module.
    let _ = nofault::read(address.wrapping_sub(before.len()), &mut before);
    nofault::read(address, &mut entry).is_ok() && has_landing_pad(&before, entry)
}

/// See [`is_reachable`]: by what is before the function, and its first bytes.
#[cfg(CONFIG_X86_64)]
fn has_landing_pad(before: &[u8; 16], entry: [u8; 4]) -> bool {
    /// `endbr64`
    const ENDBR: [u8; 4] = [0xf3, 0x0f, 0x1e, 0xfa];
    /// `mov $hash, %eax`
    const HASH: u8 = 0xb8;

    let cfi = cfg!(CONFIG_CFI);
    let fine = cfi && before.starts_with(&ENDBR);
    let endbr = entry == ENDBR || !cfg!(CONFIG_X86_KERNEL_IBT);
    // See `arch/x86/include/asm/cfi.h`: eleven bytes of padding follow it, or none.
    let at = if cfg!(CONFIG_CALL_PADDING) { 0 } else { 11 };
    let hash = before.get(at) == Some(&HASH) || !cfi;
    fine || endbr && hash
}

/// See [`is_reachable`].
#[cfg(CONFIG_ARM64)]
fn has_landing_pad(_before: &[u8; 16], entry: [u8; 4]) -> bool {
    // BTI c, BTI jc, PACIASP, PACIBSP.
    let landing = matches!(
        u32::from_le_bytes(entry),
        0xd503_245f | 0xd503_24df | 0xd503_233f | 0xd503_237f
    );
    landing || !cfg!(CONFIG_ARM64_BTI_KERNEL)
}

/// See [`is_reachable`].
#[cfg(not(any(CONFIG_X86_64, CONFIG_ARM64)))]
fn has_landing_pad(_before: &[u8; 16], _entry: [u8; 4]) -> bool {
    true
}
