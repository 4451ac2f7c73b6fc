//! What the store knows of a turn beside what was said: what may be spent, and what is remembered.

use super::{
    bid::scopes,
    company::{Company, Shared},
};
use crate::{purse::AllBooks, tool_box::Servers};
use salon_chat::{Chat, ChatError, Store, SummaryRow, Turn, TurnCall};
use salon_protocol::Budget;

/// Facts that a model reads.
const FACTS_READ_MAX: usize = 30;

/// What the store knows beside what was said.
pub(super) struct Known {
    /// What may be spent.
    pub(super) books: AllBooks,
    /// Servers of tools.
    pub(super) servers: Servers,
    pub(super) summary: Option<SummaryRow>,
    pub(super) facts: Vec<String>,
    /// What an earlier try of the turn called.
    pub(super) calls: Vec<TurnCall>,
}

impl Known {
    pub(super) async fn read(
        company: &Company,
        turn: &Turn,
        own: Budget,
    ) -> Result<Self, ChatError> {
        let (shared, turn) = (company.shared.clone(), turn.clone());
        let read = async move |chat: Chat| Self::read_all(&chat, &shared, &turn, own).await;
        company.chat.in_one_go(read).await
    }

    /// The same inside of such a go.
    pub(super) async fn read_all(
        chat: &Chat,
        shared: &Shared,
        turn: &Turn,
        own: Budget,
    ) -> Result<Self, ChatError> {
        let store = chat.store();
        Ok(Self {
            books: shared.purse.books(chat, scopes(turn), own).await?,
            servers: shared.tools.servers(chat).await,
            summary: store.summary(turn.room).await?,
            facts: facts(store, turn).await?,
            calls: store.turn_calls(turn.id).await?,
        })
    }
}

/// What was to be remembered here, and in public rooms where this room's readers may read those.
async fn facts(store: &Store, turn: &Turn) -> Result<Vec<String>, ChatError> {
    let rows = store.facts(turn.room, true, FACTS_READ_MAX).await?;
    let mut facts = Vec::new();
    for row in rows.into_iter().rev() {
        let owner = store.user(row.owner).await?;
        let owner = owner
            .map(|owner| owner.handle.to_string())
            .unwrap_or_default();
        facts.push(format!("{} ({owner})", row.text));
    }
    Ok(facts)
}
