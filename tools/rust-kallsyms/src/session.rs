// SPDX-License-Identifier: GPL-2.0

//! The open file by which expressions are evaluated: it has the values `$1`, `$2` and so on.
//!
//! An open file keeps the module from being removed. So it is closed when nothing was asked for a
//! minute; its values are gone then.

use crate::{
    answer::Evaluation,
    device::Live,
    failure::Failure,
    request::Request,
    signals::Blocked, //
};
use std::{
    sync::{
        Arc,
        Mutex,
        MutexGuard,
        PoisonError, //
    },
    thread,
    time::{
        Duration,
        Instant, //
    }, //
};

/// How long the file stays open.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came of an expression, or the lines that a program has printed.
pub struct Answer {
    pub lines: Vec<String>,
    pub evaluation: Option<Evaluation>,
    /// Of the last value.
    pub number: usize,
}

#[derive(Default)]
struct Kept {
    live: Option<Live>,
    /// The types of its values.
    types: Vec<String>,
    asked: Option<Instant>,
    /// Whether there were values that are gone.
    lost: bool,
}

/// See the top of this file.
#[derive(Clone, Default)]
pub struct Session {
    kept: Arc<Mutex<Kept>>,
}

impl Session {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of the module from time to time: for a prompt, which waits for its user.
    pub fn let_go_when_idle(&self) {
        let kept = Arc::downgrade(&self.kept);
        let _blocked = Blocked::all();
        thread::spawn(move || {
            while let Some(kept) = kept.upgrade() {
                {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    if kept.asked.is_some_and(|asked| asked.elapsed() >= PATIENCE) {
                        kept.live = None;
                        kept.asked = None;
                        kept.lost |= !kept.types.is_empty();
                        kept.types.clear();
                    }
                }
                thread::sleep(Duration::from_secs(1));
            }
        });
    }

    /// Evaluates an expression or a program.
    pub fn evaluate(&self, text: &str) -> Result<Answer, Failure> {
        let mut kept = self.kept();
        if kept.lost && kept.types.is_empty() && uses_history(text) {
            return Err(Failure::Nothing(
                "the earlier values are gone: after a minute without a question, the prompt lets go of the module"
                    .to_owned(),
            ));
        }
        let live = match &mut kept.live {
            Some(live) => live,
            empty => empty.insert(Live::open("call")?),
        };
        let lines = live
            .ask(&Request::new("call", text))
            .and_then(|()| live.answer());
        kept.asked = Some(Instant::now());
        let lines = lines?;
        let texts: Vec<_> = lines.iter().map(String::as_str).collect();
        let evaluation = Evaluation::parse(&texts);
        if let Some(evaluation) = &evaluation {
            kept.types.push(evaluation.value_type().to_owned());
        }
        let number = kept.types.len();
        Ok(Answer {
            lines,
            evaluation,
            number,
        })
    }

    /// The type of `$number`; the last one is `$`.
    pub fn type_of(&self, number: Option<usize>) -> Option<String> {
        let kept = self.kept();
        match number {
            Some(number) => kept.types.get(number.checked_sub(1)?).cloned(),
            None => kept.types.last().cloned(),
        }
    }
}

/// Whether there is a `$` outside of its strings.
fn uses_history(text: &str) -> bool {
    text.split('"').step_by(2).any(|code| code.contains('$'))
}
