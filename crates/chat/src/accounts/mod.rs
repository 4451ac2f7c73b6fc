//! Who may come in: the first start, sign-in, links, tokens, passwords.

mod avatar;
mod first_start;
mod invites;
mod passkeys;
mod password;
mod profile;
mod provider;
mod second_factor;
mod secret;
mod sessions;
mod sign_in;

pub use avatar::{avatar_picture, set_avatar};
pub(crate) use first_start::first_start;
pub use first_start::{ASSISTANT, GENERAL_ROOM, setup_link, setup_needed};
pub use invites::{NewInvite, create_invite, invite_info, invites, redeem, revoke_invite};
pub(crate) use passkeys::Challenges;
pub use passkeys::{
    CHALLENGE_LIFE_SECONDS, PASSKEYS_MAX, Page, add_passkey, challenge_passkey, offer_passkey,
    passkeys, remove_passkey, remove_passkeys, sign_in_by_passkey,
};
pub(crate) use password::Hashing;
pub use password::{change_password, hash_password, hashes_computed, set_password};
pub(crate) use profile::check_time_zone;
pub use profile::{account, set_profile};
pub use provider::{
    Begun, Came, FLOW_LIFE, NotIn, ProviderRules, Returned, SignInProvider, begin_link,
    begin_sign_in, finish, sign_in_ways, unlink,
};
pub use second_factor::{
    begin_second_factor, confirm_second_factor, new_recovery_codes, remove_second_factor,
    reset_second_factor,
};
pub use secret::digest;
pub use sessions::{end_other_sessions, end_session, sessions};
pub use sign_in::{
    Origin, Proven, SESSION_LIFE, SignedIn, create_token, prove_password, sign_in, sign_out, who,
};
