// SPDX-License-Identifier: GPL-2.0

//! A sign of life for what takes longer than a second.

use crate::{
    signals::Blocked,
    terminal, //
};
use std::{
    io::Write,
    sync::mpsc::{
        channel,
        RecvTimeoutError,
        Sender, //
    },
    thread::{
        spawn,
        JoinHandle, //
    },
    time::{
        Duration,
        Instant, //
    }, //
};

/// While it lives, the seconds are counted on the terminal that standard error is.
pub struct Progress {
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    pub fn start() -> Self {
        if !terminal::is_terminal(libc::STDERR_FILENO) {
            return Self { thread: None };
        }
        let (sender, receiver) = channel();
        // The thread inherits that signals are not for it.
        let _blocked = Blocked::all();
        let thread = spawn(move || {
            let begin = Instant::now();
            let mut shown = false;
            while let Err(RecvTimeoutError::Timeout) = receiver.recv_timeout(Duration::from_secs(1))
            {
                shown = true;
                eprint!("\r{} s (Ctrl-C gives it up)", begin.elapsed().as_secs());
                let _ = std::io::stderr().flush();
            }
            if shown {
                eprint!("\r\x1b[K");
            }
        });
        Self {
            thread: Some((sender, thread)),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.thread.take() {
            drop(sender);
            let _ = thread.join();
        }
    }
}
