//! A server that we start: a process, and the pipes to it.

use super::listener::Listener;
use super::pipes::{Guard, drain};
use rmcp::RoleClient;
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use rmcp::transport::async_rw::AsyncRwTransport;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// What a process finds of our environment. The rest, our own secrets among it, is not its
/// business.
const ENVIRONMENT_KEPT: [&str; 4] = ["PATH", "HOME", "LANG", "TMPDIR"];
/// How long a process may take to end once its input is closed, and again once it was asked to.
const END_PAUSE: Duration = Duration::from_secs(2);

/// A process that speaks the protocol on its standard input and output.
///
/// The library has one of its own, but that takes lines of any length for ever, knows nothing of
/// the processes that a process starts, and waits for a writer that may never end.
pub(super) struct ChildTransport {
    // Pipes are closed before the process is killed: fields are dropped in order.
    pipes: AsyncRwTransport<RoleClient, Guard<ChildStdout>, ChildStdin>,
    listener: Listener,
    process: Process,
}

/// A process and all that it starts. Dropping it kills them.
struct Process {
    child: Child,
    complaints: JoinHandle<()>,
}

impl ChildTransport {
    /// Starts the process.
    pub(super) fn start(
        server: &str,
        (command, args, env): (&str, &[String], &[(String, String)]),
        listener: Listener,
    ) -> io::Result<Self> {
        let kept = ENVIRONMENT_KEPT.iter();
        let kept = kept.filter_map(|name| Some((name, std::env::var_os(name)?)));
        let mut child = Command::new(command)
            .args(args)
            .env_clear()
            .envs(kept)
            .envs(env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let complaints = tokio::spawn(drain(stderr, server.to_owned()));
        Ok(Self {
            pipes: AsyncRwTransport::new(Guard::new(stdout, listener.clone()), stdin),
            listener,
            process: Process { child, complaints },
        })
    }

    /// Whether the process, and whoever shares its output, ended within a while.
    async fn ends(&mut self) -> bool {
        let silence = async { while self.pipes.receive().await.is_some() {} };
        timeout(END_PAUSE, silence).await.is_ok()
    }
}

impl Transport<RoleClient> for ChildTransport {
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        self.pipes.send(message)
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        let message = self.pipes.receive().await;
        if message.is_none() {
            self.listener.end();
        }
        message
    }

    /// Closes its input, then asks it to end, then ends it.
    async fn close(&mut self) -> io::Result<()> {
        self.listener.end();
        // A writer that waits for a process that does not read holds the pipe.
        let closed = timeout(END_PAUSE, self.pipes.close()).await;
        if closed.is_err() || !self.ends().await {
            self.process.signal(Signal::TERM);
            self.ends().await;
        }
        // It has not been waited for, so that its number is still its own, and its group's.
        self.process.signal(Signal::KILL);
        self.process.child.wait().await.map(drop)
    }
}

impl Process {
    /// Signals the process and all that it started.
    fn signal(&self, signal: Signal) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = id.and_then(Pid::from_raw)
            && let Err(error) = kill_process_group(group, signal)
        {
            tracing::debug!(%error, "no process to signal");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        self.complaints.abort();
    }
}
