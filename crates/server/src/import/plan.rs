//! What an export holds, in words of no chat in particular.

use jiff::Timestamp;
use salon_chat::ByteDigest;
use salon_protocol::{RoomKind, UserKind, limits::HANDLE_CHARS_MAX};
use uuid::Uuid;

/// Who and where; messages are read afterwards, one after the other.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) people: Vec<Person>,
    pub(super) places: Vec<Place>,
    /// How many bytes there are to read, to show how far one is.
    pub(super) size: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    /// Its id in the export.
    pub(super) key: String,
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) kind: UserKind,
    pub(super) disabled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) kind: RoomKind,
    pub(super) topic: String,
    pub(super) at: Timestamp,
    /// Keys of people, the maker first.
    pub(super) members: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) place: String,
    /// Names it within its place.
    pub(super) key: String,
    pub(super) author: String,
    pub(super) at: Timestamp,
    pub(super) text: String,
    /// The key of the message it answers.
    pub(super) reply_to: Option<String>,
    pub(super) edited_at: Option<Timestamp>,
    /// People by their keys, with what.
    pub(super) reactions: Vec<(String, String)>,
    pub(super) files: Vec<Attached>,
    /// How many bytes were read up to here.
    pub(super) read: u64,
}

/// A file of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attached {
    pub(super) name: String,
    /// What its bytes may be called in the archive or in the folder beside it.
    pub(super) places: Vec<String>,
}

/// An id that is the same in every import of the same thing, and sorts by its time like all ids.
pub(super) fn id_of(source: &str, kind: &str, key: &str, at: Timestamp) -> Uuid {
    let digest = ByteDigest::of(format!("{source}\n{kind}\n{key}").as_bytes()).0;
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// A name as ours may be: letters of any script, digits, `_`, `-`, `.`.
pub(super) fn as_name(name: &str, otherwise: &str) -> String {
    let kept: String = name
        .trim()
        .chars()
        .map(|c| match c {
            c if c.is_alphanumeric() || matches!(c, '_' | '-' | '.') => c,
            _ => '-',
        })
        .take(HANDLE_CHARS_MAX)
        .collect();
    let kept = kept.trim_matches('-');
    if kept.is_empty() { otherwise } else { kept }.to_owned()
}
