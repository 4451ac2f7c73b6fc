//! What a turn is about, read as the agent and with no more than its asker may read.

use super::{
    company::{Company, Shared},
    known::Known,
};
use crate::decide::{Decision, Question, RepliesTo, decide};
use jiff::SignedDuration;
use salon_chat::{AgentRow, Behalf, Caller, Chat, ChatError, Room, Turn, User, queries};
use salon_protocol::{Event, Lang, MessageView, RoomKind, Seq, UserKind};
use std::sync::Arc;
use tokio::sync::broadcast;

/// Messages before the question that are looked at.
const HISTORY_MAX: usize = 40;
/// Replies of the question's thread that are read.
const THREAD_MAX: usize = 40;
/// Entries of the log behind the question that are looked at, for what follows in a burst.
const LATER_MAX: u64 = 24;
/// An answer is gone on with for so long.
const FOLLOW_UP_TIME: SignedDuration = SignedDuration::from_mins(3);

/// Everything about the question that the store knows.
pub(super) struct Setting {
    pub(super) agent: AgentRow,
    pub(super) asker: User,
    /// A direct one by the name of whoever is in it as well.
    pub(super) room: Room,
    /// Before the question, oldest first.
    pub(super) history: Vec<MessageView>,
    /// What was said in the question's thread before it, oldest first; empty where it is in none.
    pub(super) thread: Vec<MessageView>,
    /// None where it is gone, or not theirs to read any more.
    pub(super) question: Option<MessageView>,
    /// Behind it, oldest first.
    pub(super) later: Vec<MessageView>,
    /// What it answers.
    pub(super) replies_to: RepliesTo,
    /// Handles and names of the others in the room.
    pub(super) others: Vec<String>,
    /// Why the agent may not write there now.
    pub(super) hushed: Option<&'static str>,
    /// What else there is to know; none where it was not clear that the agent speaks.
    pub(super) known: Option<Known>,
    /// Everything that happens from before the reading on; taken by whoever watches.
    pub(super) events: Option<broadcast::Receiver<Arc<Event>>>,
}

impl Setting {
    /// Reads it; none where the agent or the asker may not be there any more.
    pub(super) async fn read(company: &Company, turn: &Turn) -> Result<Option<Self>, ChatError> {
        let (shared, turn) = (company.shared.clone(), turn.clone());
        let read = async move |chat: Chat| Self::read_all(&chat, &shared, &turn).await;
        company.chat.in_one_go(read).await
    }

    async fn read_all(
        chat: &Chat,
        shared: &Shared,
        turn: &Turn,
    ) -> Result<Option<Self>, ChatError> {
        // Listening begins before reading: what is committed meanwhile is in one or the other.
        let events = Some(chat.hub().observe());
        let store = chat.store();
        let (agent, asker, room) = tokio::try_join!(
            store.agent(turn.agent),
            store.user(turn.asker),
            store.room(turn.room),
        )?;
        let (Some(agent), Some(asker), Some(mut room)) = (agent, asker, room) else {
            return Ok(None);
        };
        if agent.user.disabled || asker.disabled {
            return Ok(None);
        }
        let caller = caller_of(turn, &agent.user, &asker, Lang::default(), None);
        let beyond = room.last_seq.0.saturating_sub(turn.seq.0).min(LATER_MAX);
        let before = Seq(turn.seq.0 + 1 + beyond);
        let limit = HISTORY_MAX + usize::try_from(beyond).unwrap_or(0) + 1;
        let said = match queries::said(chat, &caller, turn.room, before, limit).await {
            Ok(said) => said,
            Err(error) if error.is_the_servers() => return Err(error),
            // One of them is not in the room any more, or agents are kept out of it.
            Err(_) => return Ok(None),
        };
        let (mut history, mut later, mut question) = (Vec::new(), Vec::new(), None);
        for view in said {
            match view.seq.cmp(&turn.seq) {
                std::cmp::Ordering::Less => history.push(view),
                std::cmp::Ordering::Equal if !view.message.deleted => question = Some(view),
                std::cmp::Ordering::Equal => {}
                std::cmp::Ordering::Greater => later.push(view),
            }
        }
        let skipped = history.len().saturating_sub(HISTORY_MAX);
        history.drain(..skipped);
        let mut thread = match question
            .as_ref()
            .filter(|it| it.message.thread_id.is_some())
        {
            Some(question) => thread_before(chat, &caller, question).await?,
            None => Vec::new(),
        };
        // An answer that is being given anew is not read: it would be copied.
        history.retain(|view| Some(view.message.id) != turn.replaces);
        later.retain(|view| Some(view.message.id) != turn.replaces);
        thread.retain(|view| Some(view.message.id) != turn.replaces);
        let answered = question.as_ref().and_then(|view| view.message.reply_to);
        let replies_to = match answered {
            None => RepliesTo::Nothing,
            Some(id) => match store.message(agent.user.id, id).await? {
                Some(message) if message.author == agent.user.id => RepliesTo::Agent,
                _ => RepliesTo::Other,
            },
        };
        let hushed = if store.muted_until(turn.room, turn.agent).await?.is_some() {
            Some("muted")
        } else if store.slow_until(turn.room, turn.agent).await?.is_some() {
            Some("slow")
        } else {
            None
        };
        let names = store.names(turn.room, turn.agent).await?;
        if room.kind == RoomKind::Direct {
            let other = names.first();
            room.name = other.map_or(String::new(), |(handle, _)| format!("@{handle}"));
        }
        let author = question.as_ref().map(|view| view.message.from.as_str());
        let others = names
            .into_iter()
            .filter(|(handle, _)| Some(handle.as_str()) != author)
            .flat_map(|(handle, name)| [handle, name])
            .collect();
        let mut setting = Self {
            others,
            agent,
            asker,
            room,
            history,
            thread,
            question,
            later,
            replies_to,
            hushed,
            known: None,
            events,
        };
        // What most turns do not need is not read for them.
        if matches!(decide(&setting.to_decide(turn)), Decision::Speak(_)) {
            let own = setting.agent.settings.budget;
            setting.known = Some(Known::read_all(chat, shared, turn, own).await?);
        }
        Ok(Some(setting))
    }

    /// What is to be decided.
    pub(super) fn to_decide(&self, turn: &Turn) -> Question<'_> {
        let message = self.question.as_ref().map(|view| &view.message);
        Question {
            text: message.map_or("", |message| &message.text),
            from_agent: message.is_some_and(|message| message.from_kind == UserKind::Agent),
            hops: turn.hops,
            room: self.room.kind,
            replies_to: self.replies_to,
            follows_answer: self.follows_answer(),
            was_asked: self
                .history
                .last()
                .is_some_and(|last| last.message.text.trim_end().ends_with(['?', '？'])),
            stands: message.is_some(),
            handle: self.agent.user.handle.as_str(),
            name: &self.agent.user.display_name,
            others: &self.others,
            mode: self.room.mode,
            own_mode: self.agent.settings.mode,
        }
    }

    /// The last thing said was the agent's answer to the same person, a moment ago.
    fn follows_answer(&self) -> bool {
        let (Some(question), Some(last)) = (&self.question, self.history.last()) else {
            return false;
        };
        let is_own = last.message.from == self.agent.user.handle;
        let is_fresh = question.at.duration_since(last.at) <= FOLLOW_UP_TIME;
        let asked = last
            .message
            .reply_to
            .and_then(|id| self.history.iter().find(|view| view.message.id == id));
        is_own && is_fresh && asked.is_some_and(|asked| asked.message.from == question.message.from)
    }

    /// The question with what the same person said right behind it: a burst is one question.
    pub(super) fn burst(&self) -> Vec<&MessageView> {
        let Some(question) = &self.question else {
            return Vec::new();
        };
        let same = |view: &&MessageView| {
            view.message.from == question.message.from
                && (view.message.reply_to.is_none()
                    || view.message.reply_to == question.message.reply_to)
        };
        let later = self
            .later
            .iter()
            .filter(|view| !view.message.deleted)
            .take_while(same);
        std::iter::once(question).chain(later).collect()
    }

    /// What the model reads before the question: what else was said in the room, then the thread that
    /// the question is in. The nearest is what is kept where not all of it fits.
    pub(super) fn read_before(&self) -> Vec<MessageView> {
        let in_thread = |seq: Seq| self.thread.iter().any(|view| view.seq == seq);
        let others = self.history.iter().filter(|view| !in_thread(view.seq));
        others.chain(&self.thread).cloned().collect()
    }

    /// Who answered the question already: somebody else who replied to it.
    pub(super) fn answered_by(&self) -> Option<&MessageView> {
        let question = self.question.as_ref()?;
        self.later.iter().find(|view| {
            view.message.reply_to == Some(question.message.id)
                && view.message.from != question.message.from
                && view.message.from != self.agent.user.handle
                && !view.message.deleted
        })
    }

    /// Somebody else spoke behind the question, agents that reply to other things aside.
    pub(super) fn went_on(&self) -> bool {
        let Some(question) = &self.question else {
            return false;
        };
        self.later.iter().any(|view| {
            view.message.from_kind != UserKind::Agent && view.message.from != question.message.from
        })
    }

    /// The agent, with no more rights than whoever asked.
    pub(super) fn caller(&self, turn: &Turn, lang: Lang, reason: Option<&str>) -> Caller {
        caller_of(turn, &self.agent.user, &self.asker, lang, reason)
    }

    /// The room as people call it.
    pub(super) fn room_name(&self) -> String {
        match self.room.kind {
            RoomKind::Direct => self.room.name.clone(),
            RoomKind::Public | RoomKind::Private => format!("#{}", self.room.name),
        }
    }
}

/// What was said in the question's thread before it, however far back: what a reply goes back to is
/// what it is about.
async fn thread_before(
    chat: &Chat,
    caller: &Caller,
    question: &MessageView,
) -> Result<Vec<MessageView>, ChatError> {
    let (id, before) = (question.message.id, Some(question.seq));
    let thread = match queries::thread(chat, caller, id, before, THREAD_MAX).await {
        Ok(thread) => thread,
        Err(error) if error.is_the_servers() => return Err(error),
        // Where it begins is not for it to read.
        Err(_) => return Ok(Vec::new()),
    };
    let root = std::iter::once(thread.root.message);
    let said = root.chain(thread.replies);
    Ok(said.filter(|view| !view.message.deleted).collect())
}

fn caller_of(turn: &Turn, agent: &User, asker: &User, lang: Lang, reason: Option<&str>) -> Caller {
    let behalf = Behalf {
        asker: asker.clone(),
        turn: turn.id,
        audience: turn.room,
        hops: turn.hops + 1,
        chain: turn.chain,
        reason: reason.map(str::to_owned),
        approved: false,
    };
    Caller {
        user: agent.clone(),
        lang,
        behalf: Some(behalf),
    }
}
