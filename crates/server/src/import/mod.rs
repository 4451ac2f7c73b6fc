//! `salon import`, and the same from the page: people, rooms, messages and files of other chats' exports.
//!
//! An export is somebody else's file: it is read within bounds, nothing in it names a path, and
//! what cannot be brought is counted and told. Everything gets an id that follows from where it
//! comes from, so that an import which was cut off is made again and brings nothing twice.

mod archive;
mod desk;
mod emoji;
#[cfg(any(test, fuzzing))]
#[cfg_attr(
    test,
    expect(clippy::unwrap_used, reason = "files that are written to be read")
)]
pub(crate) mod hostile;
mod house;
mod lost;
mod mattermost;
mod mrkdwn;
mod plan;
mod run;
mod shelf;
mod slack;

pub(crate) use desk::{Desk, check_upload_size};
pub(crate) use lost::why;
pub(crate) use run::{Done, Export, Kind, import};
