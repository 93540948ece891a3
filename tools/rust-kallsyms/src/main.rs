// SPDX-License-Identifier: GPL-2.0

//! See the library.

use clap::{
    CommandFactory,
    FromArgMatches, //
};
use rust_kallsyms::{
    args::{
        module_version,
        shield,
        Command,
        Line, //
    },
    device::loaded_version,
    errno,
    failure::{
        Failure,
        UNREACHABLE, //
    },
    json,
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
    let words: Vec<_> = words.map(shield).collect();
    let json = words.iter().any(|word| word == "--json");
    let line = Line::command()
        .version(versions())
        .try_get_matches_from(words)
        .and_then(|matches| Line::from_arg_matches(&matches));
    let line = match line {
        Ok(line) => line,
        Err(error) if json && error.use_stderr() => {
            let text = error.to_string();
            let message = text.lines().next().unwrap_or_default();
            let message = message.strip_prefix("error: ").unwrap_or(message);
            let failure = Failure::unreachable(message, []);
            println!("{}", json::failure(&failure));
            return ExitCode::from(failure.status());
        }
        Err(error) => error.exit(),
    };
    ExitCode::from(run(&line).unwrap_or_else(|error| {
        eprintln!("rust-kallsyms: {error}");
        UNREACHABLE
    }))
}

/// This program's version, and the loaded module's.
fn versions() -> &'static str {
    let ours = module_version();
    match loaded_version() {
        Some(loaded) => format!("{ours}, module {loaded}").leak(),
        None => ours,
    }
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
            let opened = File::open(file)
                .map_err(|error| format!("{}: {}", file.display(), errno::of(&error)))?;
            script::run(&runner, BufReader::new(opened), keep_going)?
        }
        _ if !line.text.is_empty() => {
            script::run(&runner, Cursor::new(line.text.join("\n")), keep_going)?
        }
        _ if is_prompt => prompt::run(&runner, painter(&line.options, libc::STDOUT_FILENO))?,
        _ => script::run(&runner, io::stdin().lock(), keep_going)?,
    })
}
