// SPDX-License-Identifier: GPL-2.0

//! See the library.

use clap::Parser;
use rust_kallsyms::{
    args::{
        shield,
        Command,
        Line, //
    },
    failure::UNREACHABLE,
    prompt,
    run::Runner,
    script,
    show::painter,
    terminal::is_terminal, //
};
use std::{
    env,
    fs::File,
    io::{
        self,
        BufReader,
        Cursor, //
    },
    process::ExitCode, //
};

fn main() -> ExitCode {
    let words = env::args_os().map(|word| word.to_string_lossy().into_owned());
    let line = Line::parse_from(words.map(shield));
    ExitCode::from(run(&line).unwrap_or_else(|error| {
        eprintln!("rust-kallsyms: {error}");
        UNREACHABLE
    }))
}

fn run(line: &Line) -> Result<u8, Box<dyn std::error::Error>> {
    let from_terminal = is_terminal(libc::STDIN_FILENO);
    let is_prompt =
        line.command.is_none() && line.text.is_empty() && line.file.is_none() && from_terminal;
    let runner = Runner::new(line.options.clone(), is_prompt);
    if !matches!(line.command, Some(Command::Complete { .. })) {
        runner.check_version();
    }
    let keep_going = line.keep_going;
    Ok(match (&line.command, &line.file) {
        (Some(command), _) => runner.command(command, &line.options),
        (None, Some(file)) => {
            let opened =
                File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
            script::run(&runner, BufReader::new(opened), keep_going)?
        }
        _ if !line.text.is_empty() => {
            script::run(&runner, Cursor::new(line.text.join("\n")), keep_going)?
        }
        _ if is_prompt => prompt::run(&runner, painter(&line.options, libc::STDOUT_FILENO))?,
        _ => script::run(&runner, io::stdin().lock(), keep_going)?,
    })
}
