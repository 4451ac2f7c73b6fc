//! Who may come in: the first start, sign-in, links, tokens, passwords.

mod first_start;
mod invites;
mod password;
mod secret;
mod sign_in;

pub(crate) use first_start::first_start;
pub use first_start::{ASSISTANT, GENERAL_ROOM, setup_link, setup_needed};
pub use invites::{NewInvite, create_invite, invite_info, redeem};
pub use password::{hash_password, set_password};
pub use secret::digest;
pub use sign_in::{SESSION_LIFE, SignedIn, create_token, sign_in, sign_out, who};
