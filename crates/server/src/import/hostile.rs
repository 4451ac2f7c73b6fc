//! Exports by whoever would like to break an import: what comes of them is a plan and messages, or
//! an error that says what is wrong.

use super::{archive::Archive, mattermost::Mattermost, mrkdwn, slack::Slack};
use std::{collections::HashMap, io::Write, path::Path};

/// An export of Mattermost, which is written to `file`.
pub(crate) fn mattermost(bytes: &[u8], file: &Path, count: &mut dyn FnMut() -> bool) {
    std::fs::write(file, bytes).unwrap();
    if let Ok((export, plan)) = Mattermost::open(file, || true) {
        assert!(!plan.people.is_empty());
        export.read(|_| count()).ok();
    }
}

/// An export of Slack with a day's messages, which is written to `file`.
pub(crate) fn slack(bytes: &[u8], file: &Path, count: &mut dyn FnMut() -> bool) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(file).unwrap());
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let users: &[u8] = b"[{\"id\":\"U1\",\"name\":\"ada\",\"profile\":{\"real_name\":\"Ada\"}}]";
    let rooms: &[u8] = b"[{\"id\":\"C1\",\"name\":\"tea\",\"created\":1,\"members\":[\"U1\"]}]";
    for (name, text) in [
        ("users.json", users),
        ("channels.json", rooms),
        ("tea/2026-01-01.json", bytes),
    ] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(text).unwrap();
    }
    zip.finish().unwrap();
    if let Ok((export, plan)) = Archive::open(file).and_then(Slack::open) {
        assert_eq!(plan.people.len(), 1);
        export.read(|_| count()).ok();
    }
}

/// An archive, which is written to `file`.
pub(crate) fn archive(bytes: &[u8], file: &Path) {
    std::fs::write(file, bytes).unwrap();
    if let Ok(mut archive) = Archive::open(file) {
        for name in archive.names() {
            archive.read(&name).ok();
        }
        if let Ok((export, _)) = Slack::open(archive) {
            export.read(|_| true).ok();
        }
    }
}

/// What somebody wrote with the marks of Slack.
pub(crate) fn marks(text: &str) {
    let names = HashMap::from([("U1".to_owned(), "ada".to_owned())]);
    let told = mrkdwn::to_markdown(text, &names);
    assert!(told.len() <= 4 * text.len() + 8, "{told:?} of {text:?}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use salon_testkit::{corpus, spoilt};

    const MATTERMOST: [&[u8]; 3] = [
    b"{\"type\":\"version\",\"version\":1}\n{\"type\":\"channel\",\"channel\":{\"team\":\"t\",\"name\":\"tea\",\"type\":\"O\",\"header\":\"h\"}}\n{\"type\":\"user\",\"user\":{\"username\":\"ada\",\"teams\":[{\"name\":\"t\",\"channels\":[{\"name\":\"tea\"}]}]}}\n{\"type\":\"post\",\"post\":{\"team\":\"t\",\"channel\":\"tea\",\"user\":\"ada\",\"message\":\"hi\",\"create_at\":1500000000000,\"reactions\":[{\"user\":\"ada\",\"emoji_name\":\"+1\"}],\"replies\":[{\"user\":\"ada\",\"message\":\"re\",\"create_at\":1500000000001}]}}\n",
    b"{\"type\":\"user\",\"user\":{\"username\":\"bo\",\"delete_at\":1,\"is_bot\":true}}\n{\"type\":\"direct_channel\",\"direct_channel\":{\"members\":[\"ada\",\"bo\"]}}\n{\"type\":\"direct_post\",\"direct_post\":{\"channel_members\":[\"ada\",\"bo\"],\"user\":\"bo\",\"message\":\"psst\",\"create_at\":1500000000002,\"attachments\":[{\"path\":\"data/../x\"}]}}\n",
    b"not json\n\n{\"type\":\"emoji\"}\n",
];
    const MESSAGES: [&[u8]; 4] = [
    b"[{\"user\":\"U1\",\"text\":\"later than any time\",\"ts\":\"9223372036854.999999\"}]",
    b"[{\"type\":\"message\",\"user\":\"U1\",\"text\":\"hi <@U1> *bold* <http://a.b|c>\",\"ts\":\"1500000000.000100\",\"reactions\":[{\"name\":\"+1\",\"users\":[\"U1\"]}],\"files\":[{\"name\":\"x\"}]}]",
    b"[{\"subtype\":\"bot_message\",\"bot_id\":\"B1\",\"username\":\"bot\",\"ts\":\"1500000001.2\",\"thread_ts\":\"1500000000.000100\",\"edited\":{\"ts\":\"1500000002\"}}]",
    b"[]",
];
    const WORDS: [&str; 14] = [
        "\"ts\":\"9223372036854.999999\"",
        "\"ts\":\"-9223372036854.-99999\"",
        "\"create_at\":-9223372036854775808",
        "\"create_at\":9223372036854775807",
        "\"members\":[]",
        "\"username\":\"\"",
        "\"replies\":[{}]",
        "../../etc/passwd",
        "<@U1",
        "<!subteam^S|@x>",
        "&lt;&amp;gt;",
        "```",
        "\n",
        "[[[[[[[[",
    ];

    /// In memory where the system has such a folder: it is written anew each time.
    fn folder() -> tempfile::TempDir {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() {
            return tempfile::tempdir_in(memory).unwrap();
        }
        tempfile::tempdir().unwrap()
    }

    /// Reads what has been spoilt. Enough of it is still an export for many messages to be counted.
    fn bring(good: &[&[u8]], mut read: impl FnMut(&[u8], &mut dyn FnMut() -> bool)) {
        let mut brought = 0;
        let mut count = || {
            brought += 1;
            true
        };
        spoilt(good, &WORDS, |bytes| read(bytes, &mut count));
        assert!(brought > 50, "{brought} messages were brought");
    }

    #[test]
    fn whatever_an_export_of_mattermost_holds_is_brought_or_refused() {
        let folder = folder();
        let file = folder.path().join("export.jsonl");
        bring(&MATTERMOST, |bytes, count| mattermost(bytes, &file, count));
    }

    #[test]
    fn whatever_an_export_of_slack_holds_is_brought_or_refused() {
        let folder = folder();
        let file = folder.path().join("export.zip");
        bring(&MESSAGES, |bytes, count| slack(bytes, &file, count));
    }

    #[test]
    fn a_spoilt_archive_is_read_or_refused() {
        let folder = folder();
        let file = folder.path().join("export.zip");
        let mut whole = std::io::Cursor::new(Vec::new());
        let mut zip = zip::ZipWriter::new(&mut whole);
        for name in ["users.json", "tea/1.json", "../up.json"] {
            let options = zip::write::SimpleFileOptions::default();
            zip.start_file(name, options).unwrap();
            zip.write_all(b"[{\"id\":\"U1\",\"name\":\"ada\"}]")
                .unwrap();
        }
        zip.finish().unwrap();
        let whole = whole.into_inner();
        let words = [
            "PK\u{1}\u{2}",
            "PK\u{3}\u{4}",
            "PK\u{5}\u{6}",
            "PK\u{6}\u{7}",
            "\0\0\0\0",
        ];
        spoilt(&[&whole], &words, |bytes| archive(bytes, &file));
    }

    #[test]
    fn whatever_marks_slack_uses_become_markdown_of_about_their_length() {
        let good: [&[u8]; 2] = [
        b"hi <@U1> and <#C1|tea>, *bold* _it_ ~no~ `code <@U1>` ```block *x*``` <!here> &lt;b&gt;",
        "<http://a.b|c> <mailto:a@b> *沙* :tada:".as_bytes(),
    ];
        spoilt(&good, &WORDS, |bytes| {
            marks(&String::from_utf8_lossy(bytes))
        });
    }

    #[test]
    fn what_fuzzers_found_is_read_again() {
        let folder = folder();
        let file = folder.path().join("export");
        for bytes in corpus("exports") {
            mattermost(&bytes, &file, &mut || true);
            slack(&bytes, &file, &mut || true);
            archive(&bytes, &file);
            marks(&String::from_utf8_lossy(&bytes));
        }
    }
}
