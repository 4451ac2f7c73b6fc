//! Who there is, written once for all who say hello.
//!
//! When a crowd comes back, everybody would be read and written anew for each of them. So the same
//! bytes serve many sessions; what has changed since they were written is told to a session before
//! its `ready`.

use crate::actor::User;
use salon_protocol::{MemberList, UserId, UserInfo, WrittenUsers, limits::SUMMARY_MEMBERS_MAX};
use std::collections::HashMap;

/// The list is written anew once more than this part of all users have changed since. Where few
/// are, that is every change.
const CHANGED_PART: u64 = 16;

/// A count of changes to what is seen of anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Changes(u64);

#[derive(Default)]
pub(crate) struct Roll {
    changes: Changes,
    written: Option<(Changes, WrittenUsers)>,
}

impl Roll {
    /// Counts a change; the count is greater than all before.
    pub(crate) fn change(&mut self) -> Changes {
        self.changes.0 += 1;
        self.changes
    }

    /// Everybody in the order of their handles, and up to which change that is true.
    pub(crate) fn read(&mut self, users: &HashMap<UserId, User>) -> (Changes, WrittenUsers) {
        let bound = users.len() as u64 / CHANGED_PART;
        if let Some((at, written)) = &self.written
            && self.changes.0 - at.0 <= bound
        {
            return (*at, written.clone());
        }
        let seen: Vec<UserInfo> = in_order(users.values())
            .into_iter()
            .map(User::seen)
            .collect();
        let written = WrittenUsers::new(&seen);
        self.written = Some((self.changes, written.clone()));
        (self.changes, written)
    }

    /// Those who have changed since the list was read.
    pub(crate) fn changed_since(
        &self,
        at: Changes,
        users: &HashMap<UserId, User>,
    ) -> Vec<UserInfo> {
        if at == self.changes {
            return Vec::new();
        }
        let changed = users.values().filter(|user| user.changed() > at);
        in_order(changed).into_iter().map(User::seen).collect()
    }
}

/// A room's members as its summary lists them.
pub(crate) fn members<'a>(users: impl Iterator<Item = &'a User>) -> MemberList {
    let mut listed = in_order(users);
    listed.truncate(SUMMARY_MEMBERS_MAX);
    listed.into_iter().map(User::as_member).collect()
}

fn in_order<'a>(users: impl Iterator<Item = &'a User>) -> Vec<&'a User> {
    let mut users: Vec<&User> = users.collect();
    users.sort_unstable_by(|one, other| one.key().cmp(other.key()));
    users
}
