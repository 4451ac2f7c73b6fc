//! What a process writes and syncs, recorded from outside.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A call that matters to what is on the disk.
#[derive(Clone, Debug)]
pub(super) enum Call {
    /// Bytes written to a file.
    Write {
        path: PathBuf,
        at: usize,
        bytes: Vec<u8>,
    },
    /// A file's or a folder's sync has returned.
    Sync { path: PathBuf },
    /// A file's length was set.
    Truncate { path: PathBuf, length: usize },
    /// The process has told somebody that this is stored.
    Ack { seq: u64, text: String },
}

/// Runs `binary load FOLDER` under `strace`; none where that is not possible.
pub(super) fn record(binary: &Path, data: &Path, to: &Path) -> Option<Vec<Call>> {
    let status = Command::new("strace")
        .args(["-f", "-y", "-xx", "-s", "10000000", "-e"])
        .arg("trace=write,pwrite64,lseek,fsync,fdatasync,ftruncate")
        .arg("-o")
        .args([to, binary])
        .arg("load")
        .arg(data)
        .stdout(Stdio::null())
        .status();
    if !status.is_ok_and(|status| status.success()) {
        return None;
    }
    let mut calls = Vec::new();
    let mut cursors = HashMap::new();
    for line in BufReader::new(std::fs::File::open(to).unwrap()).lines() {
        calls.extend(parse(&line.unwrap(), &mut cursors));
    }
    std::fs::remove_file(to).unwrap();
    Some(calls)
}

/// One line of the record. Failed calls did nothing; the load fails none on purpose.
fn parse(line: &str, cursors: &mut HashMap<String, usize>) -> Option<Call> {
    assert!(
        !line.contains("unfinished ..."),
        "the load is one thread's: {line:.80}"
    );
    let (_, line) = line.split_once(char::is_whitespace)?;
    let (name, rest) = line.trim_start().split_once('(')?;
    let (arguments, result) = rest.rsplit_once(')')?;
    let result: usize = result.trim().strip_prefix("= ")?.parse().ok()?;
    let (fd, rest) = arguments.split_once('<')?;
    let (path, rest) = rest.split_once('>')?;
    let path = PathBuf::from(String::from_utf8(unhex(path)).ok()?);
    let mut rest = rest.strip_prefix(", ").unwrap_or_default().split(", ");
    match name {
        "lseek" => {
            cursors.insert(fd.to_owned(), result);
            None
        }
        "fsync" | "fdatasync" => Some(Call::Sync { path }),
        "ftruncate" => {
            let length = rest.next()?.parse().ok()?;
            Some(Call::Truncate { path, length })
        }
        "write" if fd == "1" => {
            let said = String::from_utf8(unhex(rest.next()?.trim_matches('"'))).ok()?;
            let (seq, text) = said.strip_prefix("ack ")?.trim_end().split_once(' ')?;
            Some(Call::Ack {
                seq: seq.parse().ok()?,
                text: text.to_owned(),
            })
        }
        "write" | "pwrite64" => {
            let mut bytes = unhex(rest.next()?.trim_matches('"'));
            bytes.truncate(result);
            let _length = rest.next()?;
            let at = match rest.next() {
                Some(at) => at.parse().ok()?,
                None => {
                    let cursor = cursors.entry(fd.to_owned()).or_default();
                    *cursor += result;
                    *cursor - result
                }
            };
            Some(Call::Write { path, at, bytes })
        }
        _ => None,
    }
}

/// `\x61\x62` and so on.
fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'a'..=b'f' => byte - b'a' + 10,
        _ => byte.wrapping_sub(b'0'),
    };
    let quads = text.as_bytes().chunks_exact(4);
    quads
        .map(|quad| digit(quad[2]) * 16 + digit(quad[3]))
        .collect()
}
