//! Say when one wants to be told of nothing. Nobody else sees it; all of one's own sessions do.

use crate::{Caller, Chat, ChatError, Words, accounts, rules};
use jiff::SignedDuration;
use salon_protocol::{Notifying, QuietHours, ServerFrame};

/// Quiet for so long at most; longer means nothing at all.
const QUIET_DAYS_MAX: i64 = 366;

/// Keeps when the caller wants to be told of nothing, in place of what they said before.
pub async fn set_notifying(
    chat: &Chat,
    caller: &Caller,
    mut wish: Notifying,
) -> Result<Notifying, ChatError> {
    require_listener(caller)?;
    if let Some(hours) = &wish.quiet_hours {
        check(hours)?;
    }
    let now = salon_protocol::now();
    let latest = now.checked_add(SignedDuration::from_hours(24 * QUIET_DAYS_MAX));
    let latest = latest.unwrap_or(now);
    wish.quiet_until = wish
        .quiet_until
        .filter(|until| *until > now)
        .map(|until| until.min(latest));
    let (user, kept) = (caller.id(), wish.clone());
    chat.store()
        .write(move |tx| tx.put_notifying(user, &kept))
        .await?;
    let notifying = wish.clone();
    let frame = ServerFrame::Notifying { notifying };
    chat.hub().tell_user(user, frame).await;
    Ok(wish)
}

fn check(hours: &QuietHours) -> Result<(), ChatError> {
    if !hours.are_hours() || hours.time_zone.is_empty() {
        return Err(ChatError::BadArguments(Words::new(
            "Quiet hours go from one minute of the day, 0 to 1439, to another, by a time zone.",
            "免打扰时段从一天中的某一分钟（0 至 1439）到另一分钟，并需要时区。",
        )));
    }
    accounts::check_time_zone(&hours.time_zone)
}

/// Agents are woken by turns; what people want to be told of is theirs.
pub(crate) fn require_listener(caller: &Caller) -> Result<(), ChatError> {
    let words = Words::new(
        "Notifications are for people and their devices.",
        "通知只面向用户本人及其设备。",
    );
    rules::require_person(caller, words)
}
