//! Files in a bucket: there once they are answered for, and failing in words that tell no key.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use salon_store::{BucketConfig, ByteDigest, Store, StoreConfig, StoreError};
use salon_testkit::{BucketServer, Fault};
use tempfile::TempDir;

struct House {
    server: BucketServer,
    store: Store,
    _folder: TempDir,
}

fn config(server: &BucketServer) -> BucketConfig {
    BucketConfig {
        endpoint: Some(format!("http://{}", server.address)),
        region: "us-east-1".into(),
        name: BucketServer::BUCKET.into(),
        prefix: "salon".into(),
        key_id: BucketServer::KEY_ID.into(),
        secret: BucketServer::SECRET.into(),
    }
}

impl House {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut BucketConfig)) -> Self {
        let server = BucketServer::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut bucket = config(&server);
        change(&mut bucket);
        let mut with = StoreConfig::new(folder.path().join("data"));
        with.bucket = Some(bucket);
        let (store, mut published) = Store::open(&with).unwrap();
        tokio::spawn(async move { while published.recv().await.is_some() {} });
        Self {
            server,
            store,
            _folder: folder,
        }
    }

    fn files_in_folder(&self) -> usize {
        let folder = self._folder.path().join("data/files");
        walk(&folder)
    }
}

fn walk(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .map(|entry| entry.unwrap())
        .map(|entry| match entry.file_type().unwrap().is_dir() {
            true => walk(&entry.path()),
            false => 1,
        })
        .sum()
}

fn told(error: &StoreError) -> String {
    let told = format!("{error} {error:?}");
    for secret in [BucketServer::SECRET, BucketServer::KEY_ID, "127.0.0.1"] {
        assert!(!told.contains(secret), "{told}");
    }
    told
}

async fn whole(store: &Store, digest: ByteDigest) -> Result<Vec<u8>, StoreError> {
    store.vault().read_whole(digest, 64 << 20).await
}

#[tokio::test]
async fn bytes_lie_in_the_bucket_and_are_read_whole_or_in_part() {
    let house = House::new().await;
    let vault = house.store.vault();
    vault.check().await.unwrap();
    // Nothing, a little, what is just a part, and several parts.
    for size in [0, 5, 8 << 20, (17 << 20) + 3] {
        let bytes: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
        let digest = vault.put(&bytes).await.unwrap();
        assert_eq!(vault.size(digest).await.unwrap(), Some(size as u64));
        assert!(whole(&house.store, digest).await.unwrap() == bytes);
        let name = digest.to_string();
        let place = format!("salon/{}/{name}", &name[..2]);
        assert!(house.server.objects()[&place] == bytes);
        if size > 4 {
            let part = vault.read(digest, Some(1..4)).await.unwrap();
            let part: Vec<_> = futures::TryStreamExt::try_collect(part).await.unwrap();
            assert_eq!(part.concat(), bytes[1..4]);
        }
    }
    assert_eq!(house.server.unfinished(), 0);
    // All of them are listed, page by page: nothing stands for them here.
    let findings = house.store.check_files(true).await.unwrap();
    assert_eq!(findings.len(), 4, "{findings:?}");
    assert!(
        findings
            .iter()
            .all(|one| one.contains("nothing stands for")),
        "{findings:?}"
    );
    assert_eq!(house.files_in_folder(), 0, "nothing stays in the folder");
    let none = ByteDigest::of(b"never put");
    assert_eq!(vault.size(none).await.unwrap(), None);
    let missing = whole(&house.store, none).await.unwrap_err();
    assert!(matches!(missing, StoreError::NotFound(_)), "{missing}");
}

#[tokio::test]
async fn a_bucket_that_fails_says_so_and_keeps_nothing_that_it_does_not_have() {
    let house = House::new().await;
    let vault = house.store.vault();
    let before = vec![9; 1_000];
    let kept = vault.put(&before).await.unwrap();
    let large = vec![7; 9 << 20];
    for fault in [Fault::Down, Fault::CutPuts, Fault::Broken] {
        house.server.fail(fault);
        for bytes in [&b"not kept"[..], &large] {
            let refused = vault.put(bytes).await.unwrap_err();
            let told = told(&refused);
            assert!(told.contains("does not answer as it should"), "{told}");
        }
        if fault != Fault::CutPuts {
            told(&vault.check().await.unwrap_err());
            told(&whole(&house.store, kept).await.unwrap_err());
        }
    }
    // A reading that is cut off is an error, never a shorter file.
    house.server.fail(Fault::CutReads);
    told(&whole(&house.store, kept).await.unwrap_err());
    house.server.fail(Fault::None);
    vault.check().await.unwrap();
    assert_eq!(whole(&house.store, kept).await.unwrap(), before);
    assert_eq!(house.server.objects().len(), 1);
    assert_eq!(house.files_in_folder(), 0);
    assert_eq!(
        vault.put(b"not kept").await.unwrap(),
        ByteDigest::of(b"not kept")
    );
}

#[tokio::test]
async fn another_key_and_another_bucket_are_told_apart() {
    let house = House::with(|bucket| bucket.secret = "another".into()).await;
    let refused = house.store.vault().put(b"tea").await.unwrap_err();
    assert!(told(&refused).contains("refuses the key"), "{refused}");
    let refused = house.store.vault().check().await.unwrap_err();
    assert!(told(&refused).contains("refuses the key"), "{refused}");
    let house = House::with(|bucket| bucket.name = "other".into()).await;
    for refused in [
        house.store.vault().put(b"tea").await.unwrap_err(),
        house.store.vault().check().await.unwrap_err(),
    ] {
        assert!(told(&refused).contains("no such bucket"), "{refused}");
    }
}

#[test]
fn a_key_is_never_shown() {
    let config = BucketConfig {
        endpoint: None,
        region: "r".into(),
        name: "b".into(),
        prefix: String::new(),
        key_id: "KEYID".into(),
        secret: "SECRET".into(),
    };
    let shown = format!("{config:?}");
    assert!(
        !shown.contains("KEYID") && !shown.contains("SECRET"),
        "{shown}"
    );
}
