// SPDX-License-Identifier: GPL-2.0

//! The module: by its device, or by its files in debugfs.

use crate::{
    errno,
    failure::{
        Failure,
        Refusal, //
    },
    progress::Progress,
    request::Request,
    signals::{
        Blocked,
        CtrlC, //
    }, //
};
use std::{
    fs::{
        self,
        File,
        OpenOptions, //
    },
    io::{
        self,
        ErrorKind,
        Read,
        Write, //
    },
    path::Path, //
};

const DEVICE: &str = "/dev/rust_kallsyms";
const FILES: &str = "/sys/kernel/debug/rust_kallsyms";
const MODULE: &str = "/sys/module/rust_kallsyms";

/// The capability of those who may ask.
const CAP_SYS_MODULE: u32 = 16;

/// An open file of the module's.
pub struct Live {
    file: File,
    /// The device takes the name of a live file before each request.
    is_device: bool,
}

impl Live {
    /// Opens the device, or the live file of this name where there is no device.
    pub fn open(name: &str) -> Result<Self, Failure> {
        let (path, is_device) = if Path::new(DEVICE).exists() && name != "events" {
            (DEVICE.to_owned(), true)
        } else {
            (format!("{FILES}/{name}"), false)
        };
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(is_device || !matches!(name, "modules" | "events" | "calls"));
        match options.open(&path) {
            Ok(file) => Ok(Self { file, is_device }),
            Err(error) => Err(why(&path, name, &error)),
        }
    }

    /// Asks, and waits until the module has its answer ready. A Ctrl-C meanwhile gives up what it
    /// does.
    pub fn ask(&mut self, request: &Request) -> Result<(), Failure> {
        let _progress = Progress::start();
        self.write(request)
    }

    fn write(&mut self, request: &Request) -> Result<(), Failure> {
        let text = match (self.is_device, request.text.as_str()) {
            (true, "") => request.file.to_owned(),
            (true, text) => format!("{} {text}", request.file),
            // What a file has before it is asked is the answer to this.
            (false, "") => return Ok(()),
            (false, text) => text.to_owned(),
        };
        let _ctrl_c = CtrlC::catch();
        let written = {
            let _blocked = Blocked::but_for_ends();
            // A write is a request, so that there is nothing to go on with.
            self.file.write(text.as_bytes())
        };
        match written {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure::Refused(self.refusal(&error))),
        }
    }

    /// What the module says of the write that failed.
    fn refusal(&mut self, error: &io::Error) -> Refusal {
        let mut line = String::new();
        let said = self
            .file
            .read_to_string(&mut line)
            .ok()
            .and_then(|_| Refusal::parse(&line));
        said.unwrap_or_else(|| {
            let number = error.raw_os_error().unwrap_or(0);
            Refusal {
                errno: errno::name(number).to_owned(),
                message: errno::text(number),
                advice: Some(match number {
                    libc::EPERM => may_not().unwrap_or_else(|| said_elsewhere().to_owned()),
                    _ => said_elsewhere().to_owned(),
                }),
                ..Refusal::default()
            }
        })
    }

    /// Gives each line of the answer to `line`, as it comes, until that fails or Ctrl-C is pressed.
    pub fn lines(
        &mut self,
        mut line: impl FnMut(&str) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let ctrl_c = CtrlC::catch();
        let mut bytes = Vec::new();
        let mut buffer = [0; 1 << 16];
        loop {
            let count = match self.file.read(&mut buffer) {
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {
                    if ctrl_c.pressed() {
                        return Err(interrupted());
                    }
                    continue;
                }
                Err(error) => return Err(Failure::Refused(self.refusal(&error))),
            };
            if count == 0 {
                break;
            }
            bytes.extend_from_slice(&buffer[..count]);
            let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else {
                continue;
            };
            let rest = bytes.split_off(end + 1);
            for text in String::from_utf8_lossy(&bytes).lines() {
                line(text)?;
            }
            bytes = rest;
            if ctrl_c.pressed() {
                return Err(interrupted());
            }
        }
        match bytes.is_empty() {
            true => Ok(()),
            false => line(&String::from_utf8_lossy(&bytes)),
        }
    }

    /// The whole answer.
    pub fn answer(&mut self) -> Result<Vec<String>, Failure> {
        let mut lines = Vec::new();
        self.lines(|line| {
            lines.push(line.to_owned());
            Ok(())
        })?;
        Ok(lines)
    }
}

/// Asks once, and returns the whole answer. Nothing is shown meanwhile: a user may be writing.
pub fn ask(request: &Request) -> Result<Vec<String>, Failure> {
    let mut live = Live::open(request.file)?;
    live.write(request)?;
    live.answer()
}

fn interrupted() -> Failure {
    Failure::Refused(Refusal {
        errno: "EINTR".to_owned(),
        message: "stopped by Ctrl-C".to_owned(),
        ..Refusal::default()
    })
}

/// The version of the module that is loaded.
pub fn loaded_version() -> Option<String> {
    let version = fs::read_to_string(format!("{MODULE}/version")).ok()?;
    Some(version.trim().to_owned())
}

/// Why a file of the module cannot be opened.
fn why(path: &str, name: &str, error: &io::Error) -> Failure {
    if !Path::new(MODULE).exists() {
        return Failure::unreachable(
            "the module rust_kallsyms is not loaded",
            ["run: modprobe rust_kallsyms"],
        );
    }
    // SAFETY: The call takes nothing and cannot fail.
    if unsafe { libc::geteuid() } != 0 {
        return Failure::unreachable(
            "only root may ask the module",
            ["run: sudo rust-kallsyms …"],
        );
    }
    if let Some(why) = may_not() {
        return Failure::unreachable(why, []);
    }
    if error.kind() != ErrorKind::NotFound {
        return Failure::unreachable(format!("{path} cannot be opened: {}", errno::of(error)), []);
    }
    if !Path::new(FILES).exists() {
        return Failure::unreachable(
            "debugfs is not mounted on /sys/kernel/debug",
            ["run: mount -t debugfs debugfs /sys/kernel/debug"],
        );
    }
    Failure::unreachable(
        format!("the module that is loaded is too old for this: it has no {name}"),
        ["load a newer one"],
    )
}

/// Why this process may not ask, if it can be seen.
fn may_not() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let effective = effective.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok());
    if effective.is_some_and(|effective| effective & (1 << CAP_SYS_MODULE) == 0) {
        return Some(
            "this process lacks the capability CAP_SYS_MODULE, which asking the module takes"
                .to_owned(),
        );
    }
    let lockdown = fs::read_to_string("/sys/kernel/security/lockdown").unwrap_or_default();
    ["integrity", "confidentiality"]
        .iter()
        .find(|level| lockdown.contains(&format!("[{level}]")))
        .map(|level| {
            format!("the kernel is locked down ({level}), which does not let anybody do this")
        })
}

/// Where an old module has its line.
fn said_elsewhere() -> &'static str {
    "the module that is loaded says why in the kernel's log only: dmesg | tail"
}
