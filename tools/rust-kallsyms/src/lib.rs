// SPDX-License-Identifier: GPL-2.0

//! The command `rust-kallsyms`, which asks the module `rust_kallsyms`.
//!
//! Text goes one way: `args` and `prompt` say what was asked, `request` is what is written to the
//! module, `device` writes it and reads the lines of the answer. `value`, `declaration`, `types`
//! and `answer` make data of lines; `show` shows it, and `layout`, `json` and `failure` make the
//! text. These and `complete` know nothing of files, so that the tests need no module.

pub mod advice;
pub mod answer;
pub mod args;
pub mod btf;
pub mod complete;
pub mod declaration;
pub mod device;
pub mod errno;
pub mod failure;
pub mod help;
pub mod json;
pub mod kernel;
pub mod layout;
pub mod nearest;
pub mod output;
pub mod paint;
pub mod progress;
pub mod prompt;
pub mod request;
pub mod run;
pub mod script;
pub mod session;
pub mod show;
pub mod signals;
pub mod stack;
pub mod terminal;
pub mod types;
pub mod value;
