//! The server as a process: it starts, goes on one task at a time, and dies at once.

use crate::{
    line::{ServerEnd, line},
    model::SimulatedModel,
    nature::pause,
};
use salon_agents::{Agents, AgentsConfig, Voices};
use salon_chat::{Chat, ChatConfig, Room, Workers, accounts};
use salon_protocol::RoomName;
use salon_server::Sockets;
use std::{
    cell::RefCell, future::poll_fn, path::Path, rc::Rc, sync::Arc, task::Poll, time::Duration,
};
use tokio::runtime::{Builder, Runtime};

/// A server that runs, or is starting.
pub(crate) struct Process {
    /// Dropping it is the crash: whatever was in memory is gone, in the middle of whatever it did.
    runtime: Runtime,
    started: Rc<RefCell<Option<Started>>>,
    /// Polls the start until it is done.
    starting: std::pin::Pin<Box<dyn Future<Output = ()>>>,
}

struct Started {
    chat: Chat,
    sockets: Arc<Sockets>,
    /// Stopped by the crash alone.
    _agents: Agents,
}

impl Process {
    /// Begins to start on a folder.
    pub(crate) fn start(folder: &Path) -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            // One task, then the world has its say.
            .event_interval(1)
            .build()
            .unwrap();
        let started = Rc::<RefCell<Option<Started>>>::default();
        let (folder, into) = (folder.to_owned(), started.clone());
        let starting = Box::pin(async move {
            let chat = Chat::start(ChatConfig {
                workers: Workers::InTurn(pause),
                ..ChatConfig::new(folder, false)
            });
            let chat = chat.await.unwrap();
            let voices = Voices::of([("simulated".to_owned(), Arc::new(SimulatedModel) as _)]);
            let agents = Agents::start(chat.clone(), AgentsConfig::with(voices)).await;
            let agents = agents.unwrap();
            let sockets = Arc::new(Sockets::new(chat.clone(), agents.tools()));
            *into.borrow_mut() = Some(Started {
                chat,
                sockets,
                _agents: agents,
            });
        });
        Self {
            runtime,
            started,
            starting,
        }
    }

    /// Whether it takes connections.
    pub(crate) fn is_up(&self) -> bool {
        self.started.borrow().is_some()
    }

    /// A new connection; none while it starts.
    pub(crate) fn connect(&self) -> Option<crate::line::ClientEnd> {
        let sockets = self.started.borrow().as_ref()?.sockets.clone();
        let (server, client): (ServerEnd, _) = line();
        self.runtime
            .spawn(async move { sockets.serve(server).await });
        Some(client)
    }

    /// Lets so many tasks go on, each to its next wait.
    pub(crate) fn step(&mut self, tasks: usize) {
        let is_up = self.is_up();
        let starting = &mut self.starting;
        let mut left = tasks;
        self.runtime.block_on(poll_fn(|context| {
            if !is_up {
                let _ = starting.as_mut().poll(context);
            }
            if left == 0 || (!is_up && self.started.borrow().is_some()) {
                return Poll::Ready(());
            }
            left -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        }));
    }

    /// Lets time pass for timers.
    pub(crate) fn pass(&self, time: Duration) {
        self.runtime.block_on(tokio::time::advance(time));
    }

    /// Asks the running chat something, beside all others. Only where nothing is to be crashed.
    pub(crate) fn ask<T, F>(&self, ask: impl FnOnce(Chat) -> F) -> T
    where
        F: Future<Output = T>,
    {
        let chat = self.started.borrow().as_ref().unwrap().chat.clone();
        self.runtime.block_on(ask(chat))
    }
}

/// The room that people are put out of and brought into.
pub(crate) const SIDE: &str = "side";

/// The room that everybody is in.
pub(crate) async fn general(chat: &Chat) -> Room {
    room(chat, accounts::GENERAL_ROOM).await
}

/// The room that everybody is in, and the side room.
pub(crate) async fn rooms(chat: &Chat) -> [Room; 2] {
    [general(chat).await, room(chat, SIDE).await]
}

async fn room(chat: &Chat, name: &str) -> Room {
    let name: RoomName = name.parse().unwrap();
    chat.store().room_by_name(&name).await.unwrap().unwrap()
}
