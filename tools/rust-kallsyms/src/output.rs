// SPDX-License-Identifier: GPL-2.0

//! Where answers go: to standard output, or to a pager if they are longer than the screen.

use crate::{
    failure::Failure,
    signals::CtrlC,
    terminal, //
};
use std::{
    env,
    io::{
        self,
        Write, //
    },
    process::{
        Child,
        Command,
        Stdio, //
    }, //
};

/// See the top of this file.
pub enum Output {
    /// No pager is wanted, or there is none.
    Plain,
    /// What may still fit on the screen: its lines, and how many there can be.
    Screen(Vec<u8>, usize),
    Pager(Child),
}

impl Output {
    /// For one answer.
    pub fn new(pager: bool) -> Self {
        match terminal::size().filter(|_| pager && terminal::is_terminal(libc::STDOUT_FILENO)) {
            Some((_, rows)) => Self::Screen(Vec::new(), rows.saturating_sub(1)),
            None => Self::Plain,
        }
    }

    /// Writes a line, or several.
    pub fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.write(text).map_err(|_| Failure::Closed)
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        if let Self::Screen(kept, rows) = self {
            kept.extend_from_slice(text.as_bytes());
            kept.push(b'\n');
            if kept.iter().filter(|byte| **byte == b'\n').count() <= *rows {
                return Ok(());
            }
            let kept = std::mem::take(kept);
            *self = pager().map_or(Self::Plain, Self::Pager);
            return self.raw(&kept);
        }
        self.raw(format!("{text}\n").as_bytes())
    }

    fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Pager(child) => match &mut child.stdin {
                Some(stdin) => stdin.write_all(bytes),
                None => Ok(()),
            },
            _ => io::stdout().lock().write_all(bytes),
        }
    }

    /// Shows what is left, and waits for the pager.
    pub fn end(self) {
        match self {
            Self::Plain => {}
            Self::Screen(kept, _) => {
                let _ = io::stdout().lock().write_all(&kept);
            }
            Self::Pager(mut child) => {
                // The pager knows what to do with it.
                let _ctrl_c = CtrlC::catch();
                drop(child.stdin.take());
                let _ = child.wait();
            }
        }
        let _ = io::stdout().lock().flush();
    }
}

/// The user's pager, or less.
fn pager() -> Option<Child> {
    let program = env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
    let mut words = program.split_whitespace();
    let mut command = Command::new(words.next()?);
    command.args(words).stdin(Stdio::piped());
    if env::var_os("LESS").is_none() {
        // Colours are shown, and what it showed stays on the screen.
        command.env("LESS", "FRX");
    }
    command.spawn().ok()
}
