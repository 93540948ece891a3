// SPDX-License-Identifier: GPL-2.0

//! One call of a function found by name, checked against the kernel's own types.
//!
//! Nothing is called before all is known: that the name is a function's, which may be called and stays
//! while it is; what it takes and returns; that the arguments are of that kind; and that nobody has locked
//! the kernel down.

mod argument;
mod evaluate;
mod show;
mod signature;
mod typed;
mod value;

pub(crate) use self::value::Value;

use self::{
    argument::{
        Given,
        Registers, //
    },
    show::Shower,
    signature::Signature,
    typed::Types, //
};
use crate::{
    bindings,
    failure::{
        quote,
        Failure, //
    },
    kallsyms::{
        self,
        Btf,
        Function,
        Kallsyms,
        Name,
        Symbol,
        Target, //
    },
    print::{
        to_c_string,
        Pure, //
    },
    text, //
};
use core::{
    convert::Infallible,
    ops::ControlFlow, //
};
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::CString,
    time::{
        Instant,
        Monotonic, //
    }, //
};

/// Names that people use for functions which are called otherwise today: macros, in the headers.
const ALIASES: [(&[u8], &[u8]); 1] = [(b"printk", b"_printk")];

/// What `printk()` prints when it is given nothing to print.
const GREETING: &[u8] = br#""rust_kallsyms: hello, this line was printed by printk() itself\n""#;

/// What to call, as the user wrote it.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// How messages call the place where the arguments were written.
    pub(crate) place: &'static str,
    /// The function: `name`, or `module:name`.
    pub(crate) name: &'a [u8],
    /// Which one of several of this name, from 1 on; 0 if there must be one only.
    pub(crate) position: usize,
    /// The arguments.
    pub(crate) args: Option<&'a [u8]>,
    /// How many columns of a larger text stand before the place where an argument is missing, if one is.
    pub(crate) args_offset: usize,
    /// The prototype, as C.
    pub(crate) sig: Option<&'a [u8]>,
    /// Whether the user vouches for what cannot be checked.
    pub(crate) unsafe_call: bool,
}

/// A call that was made.
pub(crate) struct Outcome {
    /// The name of the function.
    pub(crate) name: CString,
    /// Whether the user called it otherwise.
    pub(crate) alias: bool,
    /// The module, or `vmlinux`.
    pub(crate) module: CString,
    /// How many bytes the function has.
    pub(crate) size: usize,
    /// The prototype, as C.
    pub(crate) prototype: CString,
    /// The call, as C.
    pub(crate) call: CString,
    /// What it returned.
    pub(crate) value: Value,
    /// How many nanoseconds it took.
    pub(crate) nanoseconds: i64,
    /// Whether the kernel is tainted by it.
    pub(crate) tainted: bool,
}

/// All functions look like this to who fills registers for them.
type Any = unsafe extern "C" fn(usize, usize, usize, usize, usize, usize) -> usize;

crate::import! {
    fn errname(errno: c_int) -> *const c_char = bindings::errname;
}

/// Who calls.
pub(crate) struct Caller {
    kallsyms: Kallsyms,
    errname: Option<errname>,
    shower: Shower,
}

/// A checked call that was made, for who goes on with its value.
struct Called<'k> {
    outcome: Outcome,
    /// What the function left in the register.
    register: usize,
    /// What kind of value that is.
    returns: signature::Kind,
    /// Its type, if the kernel has one.
    ty: Option<(Btf<'k>, u32)>,
    /// The strings that were arguments, which the value may point into.
    strings: KVec<KVec<u8>>,
}

impl Caller {
    /// Sleeps.
    pub(crate) fn new(kallsyms: Kallsyms) -> Self {
        Self {
            errname: errname::resolve(&kallsyms).ok(),
            shower: Shower::new(&kallsyms),
            kallsyms,
        }
    }

    /// The way to the kernel's symbols.
    pub(crate) fn kallsyms(&self) -> &Kallsyms {
        &self.kallsyms
    }

    /// The name of an error, with its minus, if `value` is one.
    fn error_name(&self, value: i64) -> Option<&'static CStr> {
        let errno = i32::try_from(value).ok().filter(|errno| *errno < 0)?;
        // SAFETY: Has no requirements; what it returns is null or a string that stays.
        let name = unsafe { self.errname.as_ref()?.call(errno) };
        // SAFETY: As above.
        (!name.is_null()).then(|| unsafe { CStr::from_char_ptr(name) })
    }

    /// Why the function is not there: what else there is of this name.
    #[inline(never)]
    fn missing(&self, name: &Name<'_>, request: &Request<'_>, error: kallsyms::Error) -> Failure {
        let mut candidates = Candidates {
            found: [const { None }; SHOWN_CANDIDATES],
            count: 0,
        };
        if matches!(
            error,
            kallsyms::Error::Ambiguous(_) | kallsyms::Error::NotFound
        ) && self
            .kallsyms
            .for_each_named(name, |symbol| candidates.add(symbol))
            .is_err()
        {
            return Failure::symbol(request.name, &error);
        }
        match error {
            kallsyms::Error::Ambiguous(_) => Failure::new(
                error.to_errno(),
                fmt!(
                    "{}: {error}; choose by sympos= or module:name: {candidates}",
                    quote(request.name)
                ),
            ),
            kallsyms::Error::NotFound if candidates.count > 0 => Failure::new(
                error.to_errno(),
                fmt!(
                    "{}: there is no number {} of this name: {candidates}",
                    quote(request.name),
                    request.position
                ),
            ),
            _ => Failure::symbol(request.name, &error),
        }
    }

    /// Calls the function that `request` names with these arguments, pointers among which are of `types`.
    #[inline(never)]
    fn call_checked(
        &self,
        request: &Request<'_>,
        types: &Types<'_>,
        arguments: &[Given<'_>],
    ) -> Result<Called<'_>, Failure> {
        let kallsyms = &self.kallsyms;
        let alias = ALIASES.iter().find(|(alias, _)| *alias == request.name);
        let asked = alias.map_or(request.name, |(_, today)| today);
        let asked = text::symbol_name(asked).map_err(|error| Failure::parse("sym_name", error))?;
        let asked = to_c_string(fmt!("{}", Pure(asked)))?;
        let fail = |error| Failure::symbol(request.name, &error);
        let name = Name::new(&asked).map_err(fail)?;

        locked_down()?;
        let target = match request.unsafe_call {
            // SAFETY: The user vouches for the call.
            true => unsafe { kallsyms.target_unchecked(&name, request.position) },
            false => kallsyms.target(&name, request.position),
        }
        .map_err(|error| self.missing(&name, request, error))?;
        let signature = Signature::new(kallsyms, &target, name.symbol(), request)?;
        let registers = Registers::new(kallsyms, &signature, types, arguments, request)?;
        let (module, size) = place(kallsyms, &target)?;

        // SAFETY: Any function can be called so, as far as the registers are concerned: its arguments are
        // taken from the first of them, and its value is left in one.
        let function = unsafe { Function::<Any>::new(target) }.map_err(fail)?;
        if request.unsafe_call {
            // SAFETY: Has no requirements.
            unsafe {
                bindings::add_taint(bindings::TAINT_USER, bindings::lockdep_ok_LOCKDEP_STILL_OK)
            };
        }
        let begin = Instant::<Monotonic>::now();
        // SAFETY: The function is there and stays. The registers have what its prototype says, as far as
        // the kernel knows it, and otherwise as the user vouches. We are in a process, with no other lock
        // than that of our parameters; what else the function demands is what the user has to know, and
        // why this module is root's to load.
        let register = unsafe { function.call(registers.tuple()) };
        let nanoseconds = begin.elapsed().as_nanos();

        let value = Value::new(self, signature.returns, signature.btf.as_ref(), register);
        let outcome = Outcome {
            alias: alias.is_some(),
            module,
            size,
            prototype: CString::try_from(signature.prototype())?,
            call: to_c_string(fmt!(""))?,
            value,
            nanoseconds,
            tainted: request.unsafe_call,
            name: CString::try_from(name.symbol())?,
        };
        Ok(Called {
            outcome,
            register,
            returns: signature.returns,
            ty: signature.btf.zip(signature.returns_id),
            strings: registers.strings,
        })
    }
}

/// How many symbols of one name are shown.
const SHOWN_CANDIDATES: usize = 4;

/// Symbols of one name, to choose from.
struct Candidates {
    found: [Option<(kallsyms::Kind, [u8; bindings::MODULE_NAME_LEN])>; SHOWN_CANDIDATES],
    count: usize,
}

impl Candidates {
    fn add(&mut self, symbol: &Symbol<'_>) -> ControlFlow<Infallible> {
        if let Some(place) = self.found.get_mut(self.count) {
            *place = Some((
                symbol.kind(),
                module_name(symbol.module().map(|module| module.name())),
            ));
        }
        self.count += 1;
        ControlFlow::Continue(())
    }
}

impl fmt::Display for Candidates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (kind, module)) in self.found.iter().flatten().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let module = CStr::from_bytes_until_nul(module).unwrap_or_default();
            f.write_fmt(fmt!("{comma}sympos={} {module} {kind}", index + 1))?;
        }
        match self.count.saturating_sub(SHOWN_CANDIDATES) {
            0 => Ok(()),
            more => f.write_fmt(fmt!(", and {more} more")),
        }
    }
}

/// A copy of a module's name, which ends with a NUL, for where nothing can be allocated.
fn module_name(name: Option<&CStr>) -> [u8; bindings::MODULE_NAME_LEN] {
    let mut buffer = [0u8; bindings::MODULE_NAME_LEN];
    let name = name.unwrap_or(kallsyms::VMLINUX).to_bytes();
    for (to, from) in buffer.iter_mut().zip(name) {
        *to = *from;
    }
    buffer
}

/// Fails if the kernel is locked down, which forbids what may change it.
fn locked_down() -> Result<(), Failure> {
    // SAFETY: Has no requirements.
    match unsafe {
        bindings::security_locked_down(bindings::lockdown_reason_LOCKDOWN_DBG_WRITE_KERNEL)
    } {
        0 => Ok(()),
        _ => Err(Failure::new(
            EPERM,
            fmt!(
                "the kernel is locked down, which forbids calls; see /sys/kernel/security/lockdown"
            ),
        )),
    }
}

/// Where the function is, and how large.
fn place(kallsyms: &Kallsyms, target: &Target) -> Result<(CString, usize), Failure> {
    let found = kallsyms.at(target.address(), |place| {
        (module_name(place.module), place.size)
    });
    let (module, size) = found.unwrap_or_else(|| (module_name(None), 0));
    let module = CStr::from_bytes_until_nul(&module).unwrap_or_default();
    Ok((CString::try_from(module)?, size))
}
