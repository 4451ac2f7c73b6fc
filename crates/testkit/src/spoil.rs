//! Bytes that strangers might send: what is right, spoilt a little by a seed, many times.

use std::{fmt, panic};

/// So many times where nobody says otherwise: quick enough for every run of the tests.
const TIMES: u64 = 4_000;
/// Longer ones are cut: what is read in pieces is read in few.
const BYTES_MAX: usize = 4_096;
/// Bytes that mean something to most readers.
const SIGNS: &[u8] = b"{}[]\":,\\/<>@#!|`*_~$&;=+-.0 \t\r\n\0\x7f\x80\xc3\xe2\xf0\xff";

/// Hands `read` first each of the `good` ones and then spoilt ones: `SALON_SPOILT` of them, or a few
/// thousand. `words` are put in whole. Gives how many there were; a panic names its bytes.
pub fn spoilt(good: &[&[u8]], words: &[&str], read: impl FnMut(&[u8])) -> u64 {
    let set = |name| std::env::var(name).ok()?.parse().ok();
    let times = set("SALON_SPOILT").unwrap_or(TIMES);
    let seed = set("SALON_SPOILT_SEED").unwrap_or(1);
    spoilt_by(seed, times, good, words, read)
}

fn spoilt_by(
    seed: u64,
    times: u64,
    good: &[&[u8]],
    words: &[&str],
    mut read: impl FnMut(&[u8]),
) -> u64 {
    let mut dice = Dice(seed);
    let mut tell = |bytes: &[u8]| {
        let outcome = panic::catch_unwind(panic::AssertUnwindSafe(|| read(bytes)));
        if let Err(cause) = outcome {
            let shown = Shown(bytes);
            say(&format!("it was read: {shown}"));
            panic::resume_unwind(cause);
        }
    };
    for one in good {
        tell(one);
    }
    for _ in 0..times {
        let mut bytes = dice.one(good).to_vec();
        for _ in 0..=dice.below(5) {
            spoil(&mut bytes, good, words, &mut dice);
        }
        bytes.truncate(BYTES_MAX);
        tell(&bytes);
    }
    times + good.len() as u64
}

#[expect(
    clippy::print_stderr,
    reason = "whoever looks at a failing test is told what was read"
)]
fn say(text: &str) {
    eprintln!("{text}");
}

fn spoil(bytes: &mut Vec<u8>, good: &[&[u8]], words: &[&str], dice: &mut Dice) {
    let at = dice.below(bytes.len() + 1);
    let to = (at + dice.below(24)).min(bytes.len());
    match dice.below(9) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..to)),
        2 => {
            let again = bytes[at..to].repeat(1 + dice.below(40));
            bytes.splice(at..at, again);
        }
        3 => {
            let sign = *dice.one(SIGNS);
            bytes.splice(at..at, [sign]);
        }
        4 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
        5 | 6 if !words.is_empty() => {
            let word = dice.one(words).as_bytes();
            bytes.splice(at..to, word.iter().copied());
        }
        7 => {
            let other = *dice.one(good);
            let from = dice.below(other.len() + 1);
            bytes.truncate(at);
            bytes.extend(&other[from..]);
        }
        _ => {
            let number = *dice.one(&["0", "-1", "9223372036854775807", "1e999", "0.1", "null"]);
            bytes.splice(at..to, number.bytes());
        }
    }
}

/// Cuts into pieces of any length, each of them at least a byte.
pub fn pieces(bytes: &[u8], seed: u64) -> Vec<&[u8]> {
    let (mut dice, mut rest, mut found) = (Dice(seed), bytes, Vec::new());
    while !rest.is_empty() {
        let (piece, after) = rest.split_at((1 + dice.below(9)).min(rest.len()));
        found.push(piece);
        rest = after;
    }
    found
}

/// Numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % n.max(1) as u64) as usize
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.below(of.len());
        &of[at]
    }
}

struct Shown<'a>(&'a [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_spoils_the_same_way_and_another_otherwise() {
        let all = |seed| {
            let mut all = Vec::new();
            let good: [&[u8]; 2] = [b"{\"a\":1}", b"words"];
            let count = spoilt_by(seed, 200, &good, &["word"], |bytes| {
                all.push(bytes.to_vec())
            });
            assert_eq!(count, 202);
            all
        };
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
        let some: Vec<u8> = (0..100).collect();
        assert_eq!(pieces(&some, 3).concat(), some);
    }
}
