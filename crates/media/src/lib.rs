//! Bytes that strangers made: what they are, a name for them that does not mislead, and pictures
//! read within bounds and written anew.
//!
//! Knows no store, no network and nobody's rights. Nothing that it hands out was made by anybody
//! else: a picture is decoded and encoded again, so its metadata (places, cameras) stays behind.

mod kind;
mod name;
mod picture;
mod workshop;

pub use kind::{HEAD_BYTES, is_picture, kind_of, plays_inline};
pub use name::safe_name;
pub use picture::{Picture, Rendition, Unreadable, avatar, emoji, link_picture, picture};
pub use workshop::Workshop;
