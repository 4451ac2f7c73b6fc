//! The binary with its files in a bucket: nothing is acked that is not there, a service that is
//! away is said, and no word anywhere tells the key.

use crate::program::{Program, account, terminal, terminal_with};
use salon_testkit::{BucketServer, Fault};
use serde_json::{Value, json};
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
};

const ENV: [(&str, &str); 3] = [
    ("SALON_S3_KEY_ID", BucketServer::KEY_ID),
    ("SALON_S3_SECRET", BucketServer::SECRET),
    ("SALON_LOG", "debug"),
];

fn with(config: &str) -> Vec<(&str, &str)> {
    ENV.into_iter().chain([("SALON_CONFIG", config)]).collect()
}

fn settings(folder: &Path, server: &BucketServer) -> PathBuf {
    let file = folder.join("salon.toml");
    let text = format!(
        "[files.s3]\nbucket = \"{}\"\nendpoint = \"http://{}\"\nprefix = \"here\"\n",
        BucketServer::BUCKET,
        server.address
    );
    std::fs::write(&file, text).unwrap();
    file
}

/// The bucket answers on a thread of its own while a terminal command is waited for.
#[tokio::test(flavor = "multi_thread")]
async fn a_house_with_a_bucket_keeps_serves_and_backs_up_its_files_and_says_when_it_is_away() {
    let bucket = BucketServer::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let ada = account(&data, "ada");
    let config = settings(folder.path(), &bucket);
    let env = with(config.to_str().unwrap());
    let log = folder.path().join("log");
    let server = Program::start_with(&data, &env, Stdio::from(File::create(&log).unwrap())).await;
    assert_eq!(server.health().await.0, 200);

    let join = json!({ "text": "/join general" }).to_string().into_bytes();
    server.post(&ada, "/api/rooms/general/messages", join).await;
    let path = "/api/rooms/general/files?name=plan.bin";
    let bytes: Vec<u8> = (0..20_000_u32).map(|n| (n % 251) as u8).collect();
    let file = server.post(&ada, path, bytes.clone()).await;
    let id = file["id"].as_str().unwrap_or_else(|| panic!("{file}"));
    let message = json!({ "text": "look", "files": [id] }).to_string();
    let sent = server
        .post(&ada, "/api/rooms/general/messages", message.into_bytes())
        .await;
    assert!(sent["seq"].is_u64(), "{sent}");
    assert_eq!(bucket.objects().len(), 1);
    let there = format!("/api/files/{id}");
    assert_eq!(server.bytes(&ada, &there).await, bytes);

    // While it is away nothing is taken, what is asked for is not given short, and it is said.
    for fault in [Fault::Down, Fault::CutPuts, Fault::Broken] {
        bucket.fail(fault);
        let refused = server.post(&ada, path, b"not kept".to_vec()).await;
        assert_eq!(refused["code"], "internal", "{fault:?}: {refused}");
        assert_eq!(bucket.objects().len(), 1);
    }
    let (status, said) = server.health().await;
    assert_eq!(status, 503, "{said}");
    assert!(said.contains("does not answer as it should"), "{said}");
    bucket.fail(Fault::None);
    assert_eq!(server.health().await.0, 200);
    let kept: Value = server.post(&ada, path, b"kept".to_vec()).await;
    assert!(kept["id"].is_string(), "{kept}");

    let (code, said) = terminal_with(&data, &env, &["doctor", "--deep"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("bucket house of http://"), "{said}");
    let archive = folder.path().join("all.tar");
    let archive = archive.to_str().unwrap();
    let (code, said) = terminal_with(&data, &env, &["backup", archive]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 files"), "{said}");

    // Restored without any bucket, the files are in the folder; with one they are read from there.
    let other = folder.path().join("other");
    let (code, said) = terminal(&other, &["restore", archive]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = terminal(&other, &["doctor", "--deep"]);
    assert_eq!(code, Some(0), "{said}");
    let elsewhere = BucketServer::start().await.unwrap();
    let settings = settings(&other, &elsewhere);
    let moved = with(settings.to_str().unwrap());
    let restored = Program::start_with(&other, &moved, Stdio::null()).await;
    assert_eq!(restored.bytes(&ada, &there).await, bytes);

    // Without its key the house does not begin, and says what it needs.
    drop(server);
    let no_key = [("SALON_CONFIG", config.to_str().unwrap())];
    let (code, said) = terminal_with(&data, &no_key, &["doctor"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("SALON_S3_KEY_ID"), "{said}");
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("the store failed"), "{log}");
    for secret in [BucketServer::KEY_ID, BucketServer::SECRET] {
        assert!(!log.contains(secret), "the log tells a key");
    }
}
