//! Other people's servers, asked with care: what a page behind a link is about, and its picture.
//!
//! An address in a message is a stranger's wish that this machine connects to something. Nothing
//! here connects to an address that was not looked at first, and none of our own network is ever
//! asked, unless the operator has named it. [`identity`] asks the one server that the operator trusts
//! to say who people are. Knows no store, no room and nobody's rights.

mod address;
mod charset;
mod fetch;
pub mod identity;
mod page;
mod pins;

pub use address::{Allowed, BadAllowed};
pub use fetch::{Behind, Fetcher, Lookup, Posted, Refused, system_lookup};
pub use page::{DESCRIPTION_CHARS_MAX, Page, TITLE_CHARS_MAX};
pub use url::Url;
