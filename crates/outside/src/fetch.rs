//! What is behind an address: each hop vetted, the addresses pinned, all of it bounded.

use crate::{
    Page,
    address::{self, Allowed},
    charset, page,
    pins::Pins,
};
use futures::{FutureExt, StreamExt, future::BoxFuture};
use reqwest::{Client, ClientBuilder, Response, StatusCode, header};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Once},
    time::Duration,
};
use tokio::sync::Semaphore;
use url::Url;

/// Redirects that are followed.
const REDIRECTS_MAX: usize = 4;
/// Looking at one address takes no longer, redirects and waiting for a place included.
const FETCH_TIMEOUT: Duration = Duration::from_secs(10);
/// So long to be connected.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Of a page, unpacked; what comes behind is not read.
const PAGE_BYTES_MAX: usize = 512 * 1024;
/// Of a picture, unpacked; a larger one is let go.
const PICTURE_BYTES_MAX: usize = 6 * 1024 * 1024;
/// Addresses that are looked at, at once.
const FETCHES_AT_ONCE_MAX: usize = 8;
/// Addresses of one name.
const ADDRESSES_MAX: usize = 16;
/// An address in bytes.
const URL_BYTES_MAX: usize = 2_000;

/// How a name's addresses are found.
pub type Lookup =
    Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync + 'static>;

/// The way of the system: its hosts file, then its name servers.
pub fn system_lookup() -> Lookup {
    Arc::new(|host| {
        async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        }
        .boxed()
    })
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Its form: scheme, port, credentials, length.
    #[error("not an address of the web")]
    NotOfTheWeb,
    /// It leads to somewhere that is never asked.
    #[error("the address leads into a network that is not asked")]
    NotPublic,
    /// The name is nobody's.
    #[error("the name has no address")]
    NoSuchName,
    /// It leads on and on.
    #[error("too many redirects")]
    TooManyRedirects,
    /// It took too long.
    #[error("it took too long")]
    TooSlow,
    /// It is more than is read.
    #[error("it is too large")]
    TooLarge,
    /// It answered, with something that is not shown.
    #[error("it answered {0}")]
    Status(StatusCode),
    /// Neither a page nor a picture.
    #[error("its content is of another type")]
    OtherType,
    /// The connection failed.
    #[error("it could not be reached")]
    Unreachable,
}

/// What was found.
#[derive(Clone, Debug)]
pub enum Behind {
    /// A page.
    Page(Page),
    /// A picture's bytes as they came: strangers', to be read within bounds.
    Picture(Vec<u8>),
}

/// What a server said of what it was handed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The status.
    pub status: u16,
    /// After how long it wants to be asked again, where it said so in seconds.
    pub retry_after: Option<Duration>,
}

impl Posted {
    fn of(answer: &Response) -> Self {
        let said = answer.headers().get(header::RETRY_AFTER);
        let seconds = said.and_then(|it| it.to_str().ok()?.trim().parse().ok());
        Self {
            status: answer.status().as_u16(),
            retry_after: seconds.map(Duration::from_secs),
        }
    }
}

/// Asks other people's servers; clones share its places.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    lookup: Lookup,
    pins: Pins,
    allowed: Arc<[Allowed]>,
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Fetcher {
    /// Asks what is public, and what is `allowed` besides.
    ///
    /// # Errors
    /// Where the system offers no roots for TLS.
    pub fn new(allowed: Vec<Allowed>, lookup: Lookup) -> Result<Self, reqwest::Error> {
        let pins = Pins::default();
        let client = bare_client()
            .dns_resolver(pins.clone())
            // Each connection goes to addresses that were looked at for it.
            .pool_max_idle_per_host(0)
            .http1_only()
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!(
                "Mozilla/5.0 (compatible; Salon/",
                env!("CARGO_PKG_VERSION"),
                "; link preview)"
            ))
            .build()?;
        Ok(Self {
            client,
            lookup,
            pins,
            allowed: allowed.into(),
            places: Arc::new(Semaphore::new(FETCHES_AT_ONCE_MAX)),
            patience: FETCH_TIMEOUT,
        })
    }

    /// Asks so many at once.
    #[must_use]
    pub fn at_once(self, many: usize) -> Self {
        let places = Arc::new(Semaphore::new(many));
        Self { places, ..self }
    }

    /// Waits no longer than this for one address; for tests.
    #[must_use]
    pub fn patient_for(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// What is behind an address: a page, or a picture.
    pub async fn look(&self, url: &Url) -> Result<Behind, Refused> {
        self.in_time(url, true).await
    }

    /// A picture, where it is one.
    pub async fn picture(&self, url: &Url) -> Result<Vec<u8>, Refused> {
        match self.in_time(url, false).await? {
            Behind::Picture(bytes) => Ok(bytes),
            Behind::Page(_) => Err(Refused::OtherType),
        }
    }

    /// Hands bytes to another server. No redirect is followed, and nothing that it says is read.
    pub async fn post(
        &self,
        url: &Url,
        head: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<Posted, Refused> {
        let posting = async {
            let host = check(url)?;
            let place = self.places.acquire().await;
            let turn = self.pins.turn(&host).await;
            turn.pin(self.vet(url).await?);
            let request = self.client.post(url.clone()).body(body);
            let request = head.iter().fold(request, |request, (name, value)| {
                request.header(*name, value)
            });
            let answer = request.send().await.map_err(|_| Refused::Unreachable);
            drop((turn, place));
            Ok(Posted::of(&answer?))
        };
        tokio::time::timeout(FETCH_TIMEOUT, posting)
            .await
            .unwrap_or(Err(Refused::TooSlow))
    }

    /// Whether an address may be asked, as far as can be told now.
    pub async fn may_ask(&self, url: &Url) -> Result<(), Refused> {
        check(url)?;
        let looking = self.vet(url);
        let looked = tokio::time::timeout(FETCH_TIMEOUT, looking).await;
        looked.unwrap_or(Err(Refused::TooSlow)).map(drop)
    }

    async fn in_time(&self, url: &Url, pages: bool) -> Result<Behind, Refused> {
        let looking = async {
            let place = self.places.acquire().await;
            let found = self.follow(url.clone(), pages).await;
            drop(place);
            found
        };
        tokio::time::timeout(self.patience, looking)
            .await
            .unwrap_or(Err(Refused::TooSlow))
    }

    async fn follow(&self, mut url: Url, pages: bool) -> Result<Behind, Refused> {
        for _ in 0..=REDIRECTS_MAX {
            let host = check(&url)?;
            let turn = self.pins.turn(&host).await;
            turn.pin(self.vet(&url).await?);
            let accept = if pages {
                "text/html, image/*;q=0.5"
            } else {
                "image/*"
            };
            let answer = self
                .client
                .get(url.clone())
                .header(header::ACCEPT, accept)
                .send()
                .await
                .map_err(|_| Refused::Unreachable)?;
            let Some(next) = leads_on(&answer, &url) else {
                return read(answer, &url, pages).await;
            };
            url = next.ok_or(Refused::NotOfTheWeb)?;
        }
        Err(Refused::TooManyRedirects)
    }

    /// The addresses that this hop may connect to. One that is not public condemns all: a name
    /// that stands for both is up to something.
    async fn vet(&self, url: &Url) -> Result<Vec<IpAddr>, Refused> {
        let port = url.port_or_known_default().ok_or(Refused::NotOfTheWeb)?;
        let addresses = match url.host() {
            // The client connects to these without asking for their addresses.
            Some(url::Host::Ipv4(it)) => vec![IpAddr::V4(it)],
            Some(url::Host::Ipv6(it)) => vec![IpAddr::V6(it)],
            Some(url::Host::Domain(name)) => (self.lookup)(name.to_owned())
                .await
                .map_err(|_| Refused::NoSuchName)?,
            None => return Err(Refused::NotOfTheWeb),
        };
        if addresses.is_empty() {
            return Err(Refused::NoSuchName);
        }
        let is_fine =
            |ip: &IpAddr| address::may_be_asked(SocketAddr::new(*ip, port), &self.allowed);
        if addresses.len() > ADDRESSES_MAX || !addresses.iter().all(is_fine) {
            return Err(Refused::NotPublic);
        }
        Ok(addresses)
    }
}

/// A client that goes nowhere but where it is sent, and tells nobody where it comes from.
pub(crate) fn bare_client() -> ClientBuilder {
    static TLS: Once = Once::new();
    // The whole process uses one TLS provider; whoever came first chose it.
    TLS.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    Client::builder()
        // A proxy would look the names up itself.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
}

/// The host of an address whose form is fine. Ports are the vetting's.
pub(crate) fn check(url: &Url) -> Result<String, Refused> {
    let is_web = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= URL_BYTES_MAX;
    match url.host_str() {
        Some(host) if is_web => Ok(host.to_owned()),
        _ => Err(Refused::NotOfTheWeb),
    }
}

/// Where a redirect leads; nothing within, where it says nothing that is an address.
fn leads_on(answer: &Response, url: &Url) -> Option<Option<Url>> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let to = answer.headers().get(header::LOCATION);
    Some(to.and_then(|to| url.join(to.to_str().ok()?).ok()))
}

async fn read(answer: Response, url: &Url, pages: bool) -> Result<Behind, Refused> {
    if answer.status() != StatusCode::OK {
        return Err(Refused::Status(answer.status()));
    }
    let said = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let media_type = said.split(';').next().unwrap_or_default().trim();
    match media_type.to_ascii_lowercase().as_str() {
        "text/html" | "application/xhtml+xml" if pages => {
            let (bytes, _) = body(answer, PAGE_BYTES_MAX).await?;
            let text = charset::decode(&bytes, charset::of_type(&said));
            Ok(Behind::Page(page::read(&text, url)))
        }
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" => {
            if answer.content_length() > Some(PICTURE_BYTES_MAX as u64) {
                return Err(Refused::TooLarge);
            }
            match body(answer, PICTURE_BYTES_MAX).await? {
                (bytes, true) => Ok(Behind::Picture(bytes)),
                (_, false) => Err(Refused::TooLarge),
            }
        }
        _ => Err(Refused::OtherType),
    }
}

/// The first of a body, unpacked, and whether that was all. What is not read is not waited for.
pub(crate) async fn body(answer: Response, bytes_max: usize) -> Result<(Vec<u8>, bool), Refused> {
    let mut pieces = answer.bytes_stream();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Refused::Unreachable)?;
        let room = bytes_max - bytes.len();
        if piece.len() > room {
            bytes.extend_from_slice(&piece[..room]);
            return Ok((bytes, false));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok((bytes, true))
}
