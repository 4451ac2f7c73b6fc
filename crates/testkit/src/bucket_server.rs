//! A service of buckets as S3 is: enough of it to put, read, list and take away, and strict about
//! who asks. It fails on command.

use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

const HEAD_BYTES_MAX: usize = 64 * 1024;

/// How it fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Not at all.
    #[default]
    None,
    /// Every connection ends at once.
    Down,
    /// A body is read to its half and the connection ends.
    CutPuts,
    /// Half of an answer's body is sent and the connection ends.
    CutReads,
    /// Every request is answered with a failure of the service that repeats what was asked.
    Broken,
}

#[derive(Default)]
struct Shared {
    fault: Fault,
    objects: BTreeMap<String, Vec<u8>>,
    uploads: HashMap<String, BTreeMap<u32, Vec<u8>>>,
}

/// The service, with one bucket and one key to it; gone when dropped.
pub struct BucketServer {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    accepting: JoinHandle<()>,
}

impl BucketServer {
    /// The bucket's name.
    pub const BUCKET: &'static str = "house";
    /// The key's id.
    pub const KEY_ID: &'static str = "KEYID0123456789";
    /// The key.
    pub const SECRET: &'static str = "a-secret-that-nobody-may-see";

    /// Listens on a free port.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::<Mutex<Shared>>::default();
        let state = shared.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = state.clone();
                tokio::spawn(async move { drop(serve(stream, &state).await) });
            }
        });
        Ok(Self {
            address,
            shared,
            accepting,
        })
    }

    /// Fails so from now on.
    pub fn fail(&self, fault: Fault) {
        locked(&self.shared).fault = fault;
    }

    /// What is there, by its name.
    pub fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        locked(&self.shared).objects.clone()
    }

    /// Uploads in parts that nobody has ended.
    pub fn unfinished(&self) -> usize {
        locked(&self.shared).uploads.len()
    }
}

impl Drop for BucketServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn locked(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Request {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    raw_query: Vec<String>,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

fn answer(status: u16, body: impl Into<Vec<u8>>) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: body.into(),
    }
}

fn refusal(status: u16, code: &str, told: &str) -> Answer {
    answer(
        status,
        format!("<Error><Code>{code}</Code><Message>{told}</Message></Error>"),
    )
}

async fn serve(mut stream: TcpStream, shared: &Mutex<Shared>) -> io::Result<()> {
    loop {
        let Some(mut request) = head(&mut stream).await? else {
            return Ok(());
        };
        let fault = locked(shared).fault;
        if fault == Fault::Down {
            return Ok(());
        }
        let length = request.headers.get("content-length");
        let length: usize = length
            .and_then(|length| length.parse().ok())
            .unwrap_or_default();
        let wanted = match fault {
            Fault::CutPuts if length > 0 => length / 2,
            _ => length,
        };
        let already = request.body.len();
        request.body.resize(wanted.max(already), 0);
        if wanted > already {
            stream.read_exact(&mut request.body[already..]).await?;
        }
        if wanted < length {
            return Ok(());
        }
        let mut said = match fault {
            Fault::Broken => refusal(
                500,
                "InternalError",
                &format!("{} by {:?}", request.path, request.headers),
            ),
            _ => match is_signed(&request) {
                true => respond(&request, &mut locked(shared)),
                false => refusal(403, "SignatureDoesNotMatch", "the key is another"),
            },
        };
        let mut text = format!("HTTP/1.1 {} Said\r\n", said.status);
        if !said
            .headers
            .iter()
            .any(|(name, _)| *name == "content-length")
        {
            said.headers
                .push(("content-length", said.body.len().to_string()));
        }
        for (name, value) in &said.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{text}\r\n").as_bytes()).await?;
        if fault == Fault::CutReads && request.method == "GET" && said.body.len() > 1 {
            return stream.write_all(&said.body[..said.body.len() / 2]).await;
        }
        stream.write_all(&said.body).await?;
    }
}

async fn head(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if bytes.len() > HEAD_BYTES_MAX || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = text.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let method = first.next().unwrap_or_default().to_owned();
    let target = first.next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let raw_query: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.contains('=') {
            true => pair.to_owned(),
            false => format!("{pair}="),
        })
        .collect();
    let query = raw_query
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (plain(name), plain(value)))
        .collect();
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Ok(Some(Request {
        method,
        path: path.to_owned(),
        query,
        raw_query,
        headers,
        body: bytes[end + 4..].to_vec(),
    }))
}

fn plain(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let hex = more.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &more[2..];
            }
            _ => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn respond(request: &Request, shared: &mut Shared) -> Answer {
    let path = request.path.trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    if bucket != BucketServer::BUCKET {
        return refusal(404, "NoSuchBucket", "there is none");
    }
    let key = plain(key);
    let upload = request.query.get("uploadId");
    match (request.method.as_str(), upload) {
        ("GET", _) if key.is_empty() => list(request, shared),
        ("GET" | "HEAD", _) => read(request, shared.objects.get(&key)),
        ("POST", None) if request.query.contains_key("uploads") => {
            let id = format!("upload-{}", shared.uploads.len());
            shared.uploads.insert(id.clone(), BTreeMap::new());
            answer(
                200,
                format!(
                    "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
                ),
            )
        }
        ("PUT", Some(id)) => {
            let number = request.query.get("partNumber");
            let number = number.and_then(|number| number.parse().ok());
            match (shared.uploads.get_mut(id), number) {
                (Some(parts), Some(number)) => {
                    parts.insert(number, request.body.clone());
                    tagged(200)
                }
                _ => refusal(404, "NoSuchUpload", "there is none"),
            }
        }
        ("POST", Some(id)) => match shared.uploads.remove(id) {
            Some(parts) => {
                let whole = parts.into_values().flatten().collect();
                shared.objects.insert(key, whole);
                answer(
                    200,
                    "<CompleteMultipartUploadResult><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>",
                )
            }
            None => refusal(404, "NoSuchUpload", "there is none"),
        },
        ("DELETE", Some(id)) => {
            shared.uploads.remove(id);
            answer(204, "")
        }
        ("PUT", None) => {
            shared.objects.insert(key, request.body.clone());
            tagged(200)
        }
        ("DELETE", None) => {
            shared.objects.remove(&key);
            answer(204, "")
        }
        _ => refusal(405, "MethodNotAllowed", "not here"),
    }
}

fn tagged(status: u16) -> Answer {
    let mut said = answer(status, "");
    said.headers.push(("etag", "\"part\"".to_owned()));
    said
}

const SINCE: &str = "Fri, 27 Nov 2026 10:00:00 GMT";

fn read(request: &Request, object: Option<&Vec<u8>>) -> Answer {
    let Some(object) = object else {
        return match request.method.as_str() {
            "HEAD" => answer(404, ""),
            _ => refusal(404, "NoSuchKey", "there is none"),
        };
    };
    let range = request.headers.get("range");
    let range = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let (status, part) = match range {
        Some((first, last)) => {
            let first = first.parse::<usize>().unwrap_or_default();
            let last = last.parse::<usize>().unwrap_or(object.len());
            let end = last.saturating_add(1).min(object.len());
            if first >= end {
                return refusal(416, "InvalidRange", "there is no such part");
            }
            (206, first..end)
        }
        None => (200, 0..object.len()),
    };
    let mut said = tagged(status);
    said.headers.push(("last-modified", SINCE.to_owned()));
    if status == 206 {
        let told = format!("bytes {}-{}/{}", part.start, part.end - 1, object.len());
        said.headers.push(("content-range", told));
    }
    said.headers
        .push(("content-length", part.len().to_string()));
    if request.method == "GET" {
        said.body = object[part].to_vec();
    }
    said
}

/// Two at a time, so that whoever lists goes on.
fn list(request: &Request, shared: &Shared) -> Answer {
    let prefix = request.query.get("prefix").cloned().unwrap_or_default();
    let after = request.query.get("continuation-token").cloned();
    let after = after.unwrap_or_default();
    let mut found = shared
        .objects
        .iter()
        .filter(|(key, _)| key.starts_with(&prefix) && **key > after);
    let page: Vec<_> = found.by_ref().take(2).collect();
    let more = found.next().is_some();
    let mut told = format!("<ListBucketResult><IsTruncated>{more}</IsTruncated>");
    if let Some((last, _)) = page.last().filter(|_| more) {
        told.push_str(&format!(
            "<NextContinuationToken>{last}</NextContinuationToken>"
        ));
    }
    for (key, bytes) in page {
        told.push_str(&format!(
            "<Contents><Key>{key}</Key><LastModified>2026-11-27T10:00:00.000Z</LastModified>\
             <ETag>\"whole\"</ETag><Size>{}</Size></Contents>",
            bytes.len()
        ));
    }
    answer(200, format!("{told}</ListBucketResult>"))
}

/// Whether the request is signed with the key (Signature Version 4).
fn is_signed(request: &Request) -> bool {
    signature(request).is_some_and(|(said, right)| said == right)
}

fn signature(request: &Request) -> Option<(String, String)> {
    let said = request.headers.get("authorization")?;
    let said = said.strip_prefix("AWS4-HMAC-SHA256 ")?;
    let part = |name: &str| {
        said.split(',')
            .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
    };
    let (id, scope) = part("Credential")?.split_once('/')?;
    if id != BucketServer::KEY_ID {
        return None;
    }
    let hash = request.headers.get("x-amz-content-sha256")?;
    if hash != "UNSIGNED-PAYLOAD" && *hash != hex(&Sha256::digest(&request.body)) {
        return None;
    }
    let signed = part("SignedHeaders")?;
    let mut query = request.raw_query.clone();
    query.sort();
    let mut canonical = format!(
        "{}\n{}\n{}\n",
        request.method,
        request.path,
        query.join("&")
    );
    for name in signed.split(';') {
        canonical.push_str(&format!("{name}:{}\n", request.headers.get(name)?));
    }
    canonical.push_str(&format!("\n{signed}\n{hash}"));
    let date = request.headers.get("x-amz-date")?;
    let digest = hex(&Sha256::digest(canonical.as_bytes()));
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{digest}");
    let mut key = format!("AWS4{}", BucketServer::SECRET).into_bytes();
    for step in scope.split('/') {
        key = hmac(&key, step.as_bytes());
    }
    Some((
        part("Signature")?.to_owned(),
        hex(&hmac(&key, to_sign.as_bytes())),
    ))
}

/// HMAC with SHA-256 (RFC 2104).
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    match key.len() > 64 {
        true => block[..32].copy_from_slice(&Sha256::digest(key)),
        false => block[..key.len()].copy_from_slice(key),
    }
    let with = |byte: u8| block.map(|one| one ^ byte);
    let inner = Sha256::new().chain_update(with(0x36)).chain_update(text);
    let outer = Sha256::new()
        .chain_update(with(0x5c))
        .chain_update(inner.finalize());
    outer.finalize().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
