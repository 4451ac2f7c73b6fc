//! The kernel's own price: a server that knows nothing and only writes, one write a delivery or one
//! write for all that it has just read. What Salon costs is said as a ratio to it, because machines
//! differ from each other and from hour to hour.

use super::process::Process;
use clap::Args;
use std::{
    ffi::OsString,
    io::{ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
};

const SAYS: &str = "floor listens at ";
/// Read from the sender at once.
const READ_BYTES: usize = 256 * 1024;

/// The floor's settings.
#[derive(Clone, Args)]
pub(super) struct Floor {
    /// Sockets that listen; one more sends
    #[arg(long)]
    members: usize,
    /// Bytes of a delivered frame
    #[arg(long)]
    frame: usize,
    /// Bytes of a frame that is sent to it
    #[arg(long)]
    sent: usize,
    /// All that is there in one write
    #[arg(long)]
    coalesce: bool,
}

impl Floor {
    /// Starts the floor as a process of its own.
    pub(super) fn start(
        members: usize,
        sent: usize,
        frame: usize,
        coalesce: bool,
    ) -> anyhow::Result<Process> {
        let mut arguments: Vec<OsString> = ["bench", "floor"].iter().map(OsString::from).collect();
        for (name, value) in [("--members", members), ("--sent", sent), ("--frame", frame)] {
            arguments.push(name.into());
            arguments.push(value.to_string().into());
        }
        if coalesce {
            arguments.push("--coalesce".into());
        }
        Process::start(arguments, SAYS)
    }

    /// Is the floor: ends when the sender does.
    pub(super) fn serve(&self) -> anyhow::Result<()> {
        super::place::more_files()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        crate::admin::say(format_args!("{SAYS}{}", listener.local_addr()?));
        let mut members = Vec::with_capacity(self.members);
        for _ in 0..self.members {
            let (stream, _) = listener.accept()?;
            stream.set_nodelay(true)?;
            members.push(stream);
        }
        let (mut sender, _) = listener.accept()?;
        sender.set_nodelay(true)?;
        members.push(sender.try_clone()?);
        let mut buffer = vec![0; READ_BYTES];
        let (mut filled, mut seq) = (0, 0);
        let mut out = Vec::new();
        loop {
            let read = sender.read(&mut buffer[filled..])?;
            if read == 0 {
                return Ok(());
            }
            filled += read;
            let whole = filled / self.sent;
            out.clear();
            for n in 0..whole {
                seq += 1;
                self.delivery(&buffer[n * self.sent..(n + 1) * self.sent], seq, &mut out);
            }
            buffer.copy_within(whole * self.sent..filled, 0);
            filled -= whole * self.sent;
            if self.coalesce {
                for member in &mut members {
                    all(member, &out)?;
                }
            } else {
                for frame in out.chunks(self.frame) {
                    for member in &mut members {
                        all(member, frame)?;
                    }
                }
            }
        }
    }

    /// A frame as long as Salon's, with a number and the text's beginning, which carries the time.
    fn delivery(&self, sent: &[u8], seq: u64, out: &mut Vec<u8>) {
        let from = out.len();
        out.extend([0x81, 126]);
        out.extend(((self.frame - 4) as u16).to_be_bytes());
        out.extend(
            format!(r#"{{"type":"event","seq":{seq},"kind":"message.posted","text":"@"#).bytes(),
        );
        let mark = super::socket::find(sent, br#""text":"@"#).map_or(0, |at| at + 9);
        out.extend(sent[mark..].iter().take_while(|byte| byte.is_ascii_digit()));
        out.resize(from + self.frame, b' ');
    }
}

/// Writes all of it; the kernel's buffers hold what a member has not read.
fn all(member: &mut TcpStream, bytes: &[u8]) -> anyhow::Result<()> {
    match member.write_all(bytes) {
        Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(()),
        result => Ok(result?),
    }
}
