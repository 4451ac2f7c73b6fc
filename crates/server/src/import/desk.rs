//! Imports from the page: archives in a folder of the data, one of them brought in at a time, and
//! how far it is in a file beside them. What a server that ends leaves undone its next start goes
//! on with; who stops it may begin it again.

use super::{
    lost::Lost,
    run::{Done, Export, Kind, import},
};
use anyhow::Context;
use jiff::Timestamp;
use salon_chat::{Chat, ChatError, Words};
use salon_protocol::{Handle, ImportArchive, ImportCounts, ImportJob, ImportState, Imports};
use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::io::AsyncWriteExt;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

/// An archive that comes through the page. A larger one is laid into the folder.
pub(crate) const UPLOAD_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;
/// Archives in the folder, for one more to come through the page.
const ARCHIVES_MAX: usize = 20;
const NAME_CHARS_MAX: usize = 120;
/// What an import may say of itself.
const JOB_BYTES_MAX: u64 = 1024 * 1024;
const JOB: &str = ".job.json";
const INCOMING: &str = ".incoming-";

/// The one place where imports are begun and stopped; clones share it.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    /// The newest import. Written by its task and by whoever begins or stops one, read by whoever
    /// looks; the lock is held for a copy only.
    job: Mutex<Option<ImportJob>>,
    /// Ends the import that goes on. Replaced by whoever begins one.
    stop: Mutex<CancellationToken>,
}

fn locked<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    pub(crate) fn open(data: &Path) -> Self {
        let folder = data.join("imports");
        let job = remembered(&folder.join(JOB)).unwrap_or_else(|error| {
            warn!(error = format!("{error:#}"), "an import is not remembered");
            None
        });
        for name in names(&folder).unwrap_or_default() {
            // What was on its way in when an earlier server ended.
            if name.starts_with(INCOMING) {
                std::fs::remove_file(folder.join(name)).ok();
            }
        }
        Self(Arc::new(Inner {
            folder,
            job: Mutex::new(job),
            stop: Mutex::default(),
        }))
    }

    /// What there is, and how the newest import stands.
    pub(crate) fn look(&self) -> Result<Imports, ChatError> {
        Ok(Imports {
            archives: self.archives()?,
            job: locked(&self.0.job).clone(),
            bytes_max: UPLOAD_BYTES_MAX,
        })
    }

    fn archives(&self) -> Result<Vec<ImportArchive>, ChatError> {
        let mut archives = Vec::new();
        for name in names(&self.0.folder).map_err(failed)? {
            // A link is not followed: it leads out of the folder.
            let about = std::fs::symlink_metadata(self.0.folder.join(&name));
            let about = match about {
                Ok(about) if about.is_file() && is_name(&name) => about,
                _ => continue,
            };
            let at = about.modified().ok().and_then(|at| at.try_into().ok());
            archives.push(ImportArchive {
                name,
                size: about.len(),
                at: at.unwrap_or(Timestamp::UNIX_EPOCH),
            });
        }
        archives.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(archives)
    }

    fn archive(&self, name: &str) -> Result<PathBuf, ChatError> {
        let is_there = self.archives()?.iter().any(|one| one.name == name);
        match is_there {
            true => Ok(self.0.folder.join(name)),
            false => Err(ChatError::NotFound(Words::new(
                "There is no such archive. Upload it, or lay it into the folder `imports` of the \
                 data.",
                "没有这个归档文件。请上传它，或把它放进数据目录的 imports 文件夹。",
            ))),
        }
    }

    /// A place for an archive that somebody uploads.
    pub(crate) async fn receive(&self, name: &str) -> Result<Incoming, ChatError> {
        if !is_name(name) {
            return Err(ChatError::BadArguments(Words::new(
                "An export is a .zip or a .jsonl file with a plain name. Choose another one.",
                "导出文件须为 .zip 或 .jsonl，且文件名不含特殊字符。请另选一个。",
            )));
        }
        let archives = self.archives()?;
        if archives.iter().any(|one| one.name == name) {
            return Err(ChatError::Conflict(Words::new(
                "There is an archive of that name already. Remove it first, or bring it in.",
                "已有同名的归档文件。请先删除它，或直接导入它。",
            )));
        }
        if archives.len() >= ARCHIVES_MAX {
            return Err(ChatError::Conflict(Words::new(
                format!("There are {ARCHIVES_MAX} archives already. Remove one first."),
                format!("已有 {ARCHIVES_MAX} 个归档文件，请先删除一个。"),
            )));
        }
        std::fs::create_dir_all(&self.0.folder).map_err(failed)?;
        let fresh = format!("{INCOMING}{}", salon_protocol::fresh_id());
        let path = self.0.folder.join(fresh);
        let file = tokio::fs::File::create_new(&path).await.map_err(failed)?;
        Ok(Incoming {
            file,
            size: 0,
            target: self.0.folder.join(name),
            path,
        })
    }

    /// Takes an archive away.
    pub(crate) fn remove(&self, name: &str) -> Result<(), ChatError> {
        let path = self.archive(name)?;
        let job = locked(&self.0.job);
        if job
            .as_ref()
            .is_some_and(|job| is_running(job) && job.archive == name)
        {
            return Err(ChatError::Conflict(Words::new(
                "It is being imported. Stop that first.",
                "它正在导入，请先停止导入。",
            )));
        }
        std::fs::remove_file(path).map_err(failed)
    }

    /// Begins an import, or goes on with one that was stopped.
    pub(crate) fn begin(
        &self,
        (chat, tasks, ending): (&Chat, &TaskTracker, &CancellationToken),
        by: Handle,
        name: &str,
    ) -> Result<ImportJob, ChatError> {
        self.archive(name)?;
        let job = {
            let mut job = locked(&self.0.job);
            if job.as_ref().is_some_and(is_running) {
                return Err(ChatError::Conflict(Words::new(
                    "An import is going on. Wait for its end, or stop it.",
                    "正在进行另一个导入。请等它结束，或先停止它。",
                )));
            }
            let new = ImportJob {
                archive: name.to_owned(),
                state: ImportState::Running,
                by,
                began_at: Timestamp::now(),
                ended_at: None,
                read: 0,
                size: 0,
                place: String::new(),
                counts: ImportCounts::default(),
                lost: Vec::new(),
                error: None,
            };
            // Known to the disk before anybody is told.
            self.remember(&new).map_err(failed)?;
            *job = Some(new.clone());
            new
        };
        self.run(chat, tasks, ending, job.clone());
        Ok(job)
    }

    /// Goes on with what an earlier server has left undone.
    pub(crate) fn resume(&self, chat: &Chat, tasks: &TaskTracker, ending: &CancellationToken) {
        let job = locked(&self.0.job).clone();
        if let Some(job) = job.filter(is_running) {
            info!(archive = %job.archive, "an import goes on");
            self.run(chat, tasks, ending, job);
        }
    }

    /// Ends the import that goes on: what it has brought stays.
    pub(crate) fn stop(&self) {
        locked(&self.0.stop).cancel();
    }

    fn run(&self, chat: &Chat, tasks: &TaskTracker, ending: &CancellationToken, job: ImportJob) {
        let stop = ending.child_token();
        *locked(&self.0.stop) = stop.clone();
        let (desk, chat, ending) = (self.clone(), chat.clone(), ending.clone());
        tasks.spawn(async move {
            let outcome = stop.run_until_cancelled(desk.bring(&chat, &job)).await;
            match outcome {
                // The next start goes on with it.
                None if ending.is_cancelled() => {}
                None => desk.end(ImportState::Stopped, None),
                Some(Ok(())) => desk.end(ImportState::Done, None),
                Some(Err(error)) => {
                    let told = format!("{error:#}");
                    warn!(error = told, "an import failed");
                    desk.end(ImportState::Failed, Some(told));
                }
            }
        });
    }

    async fn bring(&self, chat: &Chat, before: &ImportJob) -> anyhow::Result<()> {
        let file = self.0.folder.join(&before.archive);
        let beside = self.0.folder.join(format!("{}.files", before.archive));
        let looked = file.clone();
        let export = tokio::task::spawn_blocking(move || {
            let is_folder = std::fs::symlink_metadata(&beside).is_ok_and(|about| about.is_dir());
            anyhow::Ok(Export {
                kind: Kind::of(&looked)?,
                file: looked,
                files: is_folder.then_some(beside),
            })
        });
        let export = export.await??;
        let done = import(chat, &export, |done| self.tell(before, done)).await?;
        self.tell(before, &done);
        Ok(())
    }

    fn tell(&self, before: &ImportJob, done: &Done) {
        self.change(|job| *job = told(before, done));
    }

    fn end(&self, state: ImportState, error: Option<String>) {
        self.change(|job| {
            job.state = state;
            job.ended_at = Some(Timestamp::now());
            job.error = error;
        });
    }

    fn change(&self, change: impl FnOnce(&mut ImportJob)) {
        let job = {
            let mut job = locked(&self.0.job);
            let Some(job) = job.as_mut() else { return };
            change(job);
            job.clone()
        };
        // Of use after a restart only; that it cannot be written must not end the import.
        if let Err(error) = self.remember(&job) {
            warn!(%error, "how far an import is cannot be written down");
        }
    }

    /// A small file, written whole beside the old one.
    fn remember(&self, job: &ImportJob) -> std::io::Result<()> {
        let bytes = serde_json::to_vec(job)?;
        let (path, fresh) = (self.0.folder.join(JOB), self.0.folder.join(".job.new"));
        std::fs::write(&fresh, bytes)?;
        std::fs::rename(fresh, path)
    }
}

/// What is told of an import that was begun `before`, perhaps by an earlier server: all that it
/// has brought until now. What it had brought then is known to this run.
fn told(before: &ImportJob, done: &Done) -> ImportJob {
    let (then, now) = (before.counts, done.counts);
    // Until the run is where the last one was, it finds again what that had found.
    let known = now.known.saturating_sub(then.messages).max(then.known);
    let mut lost = Lost::from(before.lost.clone());
    lost.at_least(&done.lost);
    ImportJob {
        read: done.read.max(before.read).min(done.size),
        size: done.size,
        place: done.place.clone(),
        counts: ImportCounts {
            people: now.people.max(then.people),
            rooms: now.rooms.max(then.rooms),
            messages: then.messages + now.messages,
            known,
            files: then.files + now.files,
        },
        lost: lost.told(),
        ..before.clone()
    }
}

fn is_running(job: &ImportJob) -> bool {
    job.state == ImportState::Running
}

/// A name that is a file in the folder, and nothing else.
fn is_name(name: &str) -> bool {
    let plain = |c: char| !c.is_control() && !matches!(c, '/' | '\\' | ':');
    let ends = [".zip", ".jsonl"].iter().any(|end| name.ends_with(end));
    ends && !name.starts_with('.')
        && name.chars().count() <= NAME_CHARS_MAX
        && name.chars().all(plain)
}

fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().to_str().map(str::to_owned));
    }
    Ok(names)
}

fn remembered(path: &Path) -> anyhow::Result<Option<ImportJob>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).context("cannot open it"),
    };
    let mut bytes = Vec::new();
    file.take(JOB_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(Some(serde_json::from_slice(&bytes)?))
}

fn failed(error: std::io::Error) -> ChatError {
    match error.kind() {
        ErrorKind::StorageFull => ChatError::DiskFull,
        _ => ChatError::Internal(format!("the folder of imports: {error}")),
    }
}

/// An archive on its way in; dropped before its end, nothing of it stays.
pub(crate) struct Incoming {
    file: tokio::fs::File,
    size: u64,
    path: PathBuf,
    target: PathBuf,
}

impl Incoming {
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), ChatError> {
        self.size += bytes.len() as u64;
        check_upload_size(self.size)?;
        self.file.write_all(bytes).await.map_err(failed)
    }

    /// All of it has come: it is on disk under its name, or not at all.
    pub(crate) async fn finish(mut self) -> Result<ImportArchive, ChatError> {
        // That the last write failed is told here, and by a sync alone never.
        self.file.flush().await.map_err(failed)?;
        self.file.sync_all().await.map_err(failed)?;
        std::fs::rename(&self.path, &self.target).map_err(failed)?;
        let name = self.target.file_name().unwrap_or_default();
        Ok(ImportArchive {
            name: name.to_string_lossy().into_owned(),
            size: self.size,
            at: Timestamp::now(),
        })
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // Gone already where it has its name.
        std::fs::remove_file(&self.path).ok();
    }
}

pub(crate) fn check_upload_size(size: u64) -> Result<(), ChatError> {
    match size > UPLOAD_BYTES_MAX {
        true => Err(ChatError::TooLarge {
            bytes_max: UPLOAD_BYTES_MAX,
        }),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salon_protocol::ImportLoss;

    #[test]
    fn no_name_leads_out_of_the_folder_of_archives() {
        for good in ["slack.zip", "导出 2026.zip", "a.jsonl"] {
            assert!(is_name(good), "{good}");
        }
        let long = format!("{}.zip", "x".repeat(NAME_CHARS_MAX));
        for bad in [
            "", "a", "../a.zip", "/a.zip", "a/b.zip", "a\\b.zip", ".a.zip", "C:a.zip", "a\n.zip",
            &long,
        ] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn what_a_restarted_import_tells_is_what_both_runs_did() {
        let mut lost = Lost::default();
        lost.add(ImportLoss::FileMissing, "plan.pdf");
        let counts = |messages, known| ImportCounts {
            people: 3,
            rooms: 2,
            messages,
            known,
            files: 1,
        };
        let before = ImportJob {
            archive: "slack.zip".into(),
            state: ImportState::Running,
            by: "ada".parse().unwrap(),
            began_at: Timestamp::UNIX_EPOCH,
            ended_at: None,
            read: 60,
            size: 100,
            place: "tea".into(),
            counts: counts(200, 5),
            lost: lost.told(),
            error: None,
        };
        let run = |read, messages, known| Done {
            counts: counts(messages, known),
            read,
            size: 100,
            ..Done::default()
        };
        let at_first = told(&before, &run(10, 0, 40));
        assert_eq!((at_first.read, at_first.counts.messages), (60, 200));
        assert_eq!(at_first.counts.known, 5);
        let at_last = told(&before, &run(100, 50, 205));
        assert_eq!((at_last.read, at_last.counts.messages), (100, 250));
        assert_eq!((at_last.counts.known, at_last.counts.files), (5, 2));
        assert_eq!(at_last.lost, lost.told(), "what the first run lost is lost");
    }
}
