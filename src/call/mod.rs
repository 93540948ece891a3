// SPDX-License-Identifier: GPL-2.0

//! One call of a function found by name, checked against the kernel's own types.
//!
//! Nothing is called before all is known: that the name is a function's, which may be called and stays
//! while it is; what it takes and returns; that the arguments are of that kind; and that nobody has locked
//! the kernel down.

mod argument;
mod behind;
mod compare;
mod given_up;
mod hazard;
mod job;
mod kthread;
mod returns;
mod signature;
mod thread;
mod value;

pub(crate) use self::value::Value;

use self::{
    argument::Registers,
    given_up::GivenUp,
    job::{
        Job,
        Returned, //
    },
    returns::Decoder,
    signature::Signature,
    thread::End, //
};
use crate::{
    bindings,
    failure::{
        quote,
        Failure, //
    },
    kallsyms::{
        self,
        Kallsyms,
        Name,
        Symbol,
        Target, //
    },
    module_bindings,
    request::{
        Call,
        CallContext, //
    }, //
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
    str::CString, //
};

/// Names that people use for functions which are called otherwise today: macros, in the headers.
const ALIASES: [(&[u8], &CStr); 1] = [(b"printk", c"_printk")];

/// What `printk()` prints when it is given nothing to print.
const GREETING: &[u8] = br#""rust_kallsyms: hello, this line was printed by printk() itself\n""#;

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
    fn errname(errno: c_int) -> *const c_char = module_bindings::errname;
}

/// Makes checked calls.
pub(crate) struct Caller {
    given_up: GivenUp,
    kallsyms: KBox<Kallsyms>,
    errname: Option<errname>,
    decoder: Decoder,
}

impl Caller {
    /// Sleeps. `ENOMEM`; `EINTR` if the calling process is killed meanwhile.
    pub(crate) fn new(kallsyms: KBox<Kallsyms>) -> Result<Self> {
        Ok(Self {
            given_up: GivenUp::new()?,
            errname: errname::resolve(&kallsyms).ok(),
            decoder: Decoder::new(&kallsyms),
            kallsyms,
        })
    }

    /// Whether functions run that nobody waits for any more.
    pub(crate) fn is_any_given_up(&self) -> bool {
        self.given_up.is_any()
    }

    /// The way to the kernel's symbols.
    pub(crate) fn kallsyms(&self) -> &Kallsyms {
        &self.kallsyms
    }

    /// The name of an error, with its minus, if `value` is one.
    fn error_name(&self, value: i64) -> Option<&'static CStr> {
        let errno = i32::try_from(value).ok().filter(|errno| *errno < 0)?;
        // SAFETY: `errname()` takes any number.
        let name = unsafe { self.errname.as_ref()?.call(errno) };
        // SAFETY: What is not null is a static string of the kernel's.
        (!name.is_null()).then(|| unsafe { CStr::from_char_ptr(name) })
    }

    /// Why the function is not there: what else there is of this name.
    #[inline(never)]
    fn missing(&self, name: &Name<'_>, call: &Call, error: kallsyms::Error) -> Failure {
        let asked = call.function.as_bytes();
        let mut candidates = Candidates::default();
        if matches!(
            error,
            kallsyms::Error::Ambiguous(_) | kallsyms::Error::NotFound
        ) && self
            .kallsyms
            .for_each_named(name, |symbol| candidates.add(symbol))
            .is_err()
        {
            return Failure::symbol(asked, &error);
        }
        match error {
            kallsyms::Error::Ambiguous(_) => Failure::new(
                error.to_errno(),
                fmt!(
                    "{}: {error}; choose by sympos= or module:name: {candidates}",
                    quote(asked)
                ),
            ),
            kallsyms::Error::NotFound if candidates.count > 0 => Failure::new(
                error.to_errno(),
                fmt!(
                    "{}: there is no number {} of this name: {candidates}",
                    quote(asked),
                    call.position
                ),
            ),
            _ => Failure::symbol(asked, &error),
        }
    }

    /// Makes a checked call.
    ///
    /// Sleeps: looking the function up takes the lock of the list of modules, and its types the mutex of the kernel's
    /// BTF. None is held, nor are the parameters locked, while the function runs; it sleeps if it does.
    pub(crate) fn call(&self, call: &Call) -> Result<Outcome, Failure> {
        let kallsyms = &self.kallsyms;
        let asked = call.function.as_bytes();
        let fail = |error| Failure::symbol(asked, &error);
        let alias = ALIASES.iter().find(|(alias, _)| *alias == asked);
        let name = match alias {
            Some((_, today)) => Name::of_parts(None, today),
            None => call.function.name(),
        }
        .map_err(fail)?;

        allowed()?;
        let target = match call.unsafe_call {
            // SAFETY: The user vouches for the call.
            true => unsafe { kallsyms.target_unchecked(&name, call.position) },
            false => kallsyms.target(&name, call.position),
        }
        .map_err(|error| self.missing(&name, call, error))?;
        if !call.unsafe_call {
            hazard::refuse(name.symbol())?;
            if self.decoder.never_returns(kallsyms, target.address()) {
                return Err(fail(kallsyms::Error::NoReturn));
            }
        }
        let signature = Signature::new(kallsyms, &target, name.symbol(), call)?;
        let args = match &call.args {
            None if *name.symbol() == *c"_printk" => GREETING,
            args => args.as_deref().unwrap_or_default(),
        };
        let registers = Registers::new(kallsyms, &signature, args, call)?;
        let (module, size) = place(kallsyms, &target)?;

        let text = registers.text(name.symbol(), args)?;
        let job = Job::new(target, registers)?;
        if call.unsafe_call {
            // SAFETY: Has no requirements.
            unsafe {
                bindings::add_taint(bindings::TAINT_USER, bindings::lockdep_ok_LOCKDEP_STILL_OK)
            };
        }
        // SAFETY: The registers have what the function's prototype says, as far as the kernel knows it, and
        // otherwise as the user vouches. The call is made in a process that holds no lock; what else the function
        // demands is what the user has to know, and why this module is root's to load.
        let (returned, _job) = unsafe { self.make(job, call.context, name.symbol()) }?;

        Ok(Outcome {
            alias: alias.is_some(),
            module,
            size,
            prototype: CString::try_from(signature.prototype())?,
            call: text,
            value: Value::new(self, &signature, returned.register),
            nanoseconds: returned.nanoseconds,
            tainted: call.unsafe_call,
            name: CString::try_from(name.symbol())?,
        })
    }

    /// Makes a call. What its arguments point to stays until the job is dropped.
    ///
    /// # Safety
    ///
    /// The caller must do as the function of `job` demands, which has not been called yet.
    #[inline(never)]
    unsafe fn make(
        &self,
        job: Pin<KBox<Job>>,
        context: CallContext,
        name: &CStr,
    ) -> Result<(Returned, Pin<KBox<Job>>), Failure> {
        let end = match context {
            CallContext::Thread { timeout } => {
                // SAFETY: The function of `job` has not been called yet, and the caller promises to do as it demands.
                unsafe { thread::run(job, timeout, &self.given_up) }?
            }
            CallContext::Caller => {
                // SAFETY: This is the one call of `make`, in a process that may sleep; nobody else has the
                // job. The caller promises to do as the function demands.
                unsafe { job.make() };
                // SAFETY: `make` has returned.
                match unsafe { job.returned() } {
                    Some(returned) => End::Returned(returned, job),
                    None => return Err(Failure::from(EINTR)),
                }
            }
        };
        match end {
            End::Returned(returned, job) if returned.behind.is_nothing() => Ok((returned, job)),
            End::Returned(returned, _) => Err(Failure::new(
                EIO,
                fmt!(
                    "{name}: it left behind: {}; put right, locks aside, but what that was to protect may be harmed",
                    returned.behind
                ),
            )),
            End::Crashed(signal) => Err(Failure::new(
                EFAULT,
                fmt!("{name}: it crashed (signal {signal}); the kernel's own report stands above. What it held, locks and memory, it holds still"),
            )),
            End::Exited => Err(Failure::new(
                EIO,
                fmt!("{name}: it ended its thread and did not return"),
            )),
            End::TimedOut => Err(Failure::new(
                ETIMEDOUT,
                fmt!("{name}: it has not returned in time and goes on; until it returns, the module cannot be removed"),
            )),
            End::Interrupted => Err(Failure::new(
                EINTR,
                fmt!("{name}: interrupted, but it goes on; until it returns, the module cannot be removed"),
            )),
        }
    }
}

/// How many symbols of one name are shown.
const SHOWN_CANDIDATES: usize = 4;

/// One of several symbols.
#[derive(Clone, Copy)]
struct Candidate {
    kind: kallsyms::Kind,
    /// The module's name, which ends with a NUL.
    module: [u8; bindings::MODULE_NAME_LEN],
}

/// Symbols of one name, to choose from.
#[derive(Default)]
struct Candidates {
    first: [Option<Candidate>; SHOWN_CANDIDATES],
    count: usize,
}

impl Candidates {
    fn add(&mut self, symbol: &Symbol<'_>) -> ControlFlow<Infallible> {
        if let Some(candidate) = self.first.get_mut(self.count) {
            *candidate = Some(Candidate {
                kind: symbol.kind(),
                module: module_name(symbol.module().map(|module| module.name())),
            });
        }
        self.count += 1;
        ControlFlow::Continue(())
    }
}

impl fmt::Display for Candidates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, candidate) in self.first.iter().flatten().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let module = CStr::from_bytes_until_nul(&candidate.module).unwrap_or_default();
            f.write_fmt(fmt!(
                "{comma}sympos={} {module} {}",
                index + 1,
                candidate.kind
            ))?;
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

/// Fails unless calls are allowed to this process, now: it needs a capability, whoever opened the file, and the
/// kernel must not be locked down, which forbids what may change it.
fn allowed() -> Result<(), Failure> {
    // SAFETY: Has no requirements.
    if !unsafe { bindings::capable(bindings::CAP_SYS_MODULE as c_int) } {
        return Err(Failure::new(
            EPERM,
            fmt!("calls are for processes with the capability CAP_SYS_MODULE"),
        ));
    }
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
#[inline(never)]
fn place(kallsyms: &Kallsyms, target: &Target) -> Result<(CString, usize), Failure> {
    let found = kallsyms.at(target.address(), |place| {
        (module_name(place.module), place.size)
    });
    let (module, size) = found.unwrap_or_else(|| (module_name(None), 0));
    let module = CStr::from_bytes_until_nul(&module).unwrap_or_default();
    Ok((CString::try_from(module)?, size))
}
