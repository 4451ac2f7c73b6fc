//! A trap that sees no request, whatever a link says; and pages that are no burden.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use flate2::{Compression, write::GzEncoder};
use futures::FutureExt;
use salon_outside::{Allowed, Behind, Fetcher, Lookup, Refused, Url};
use salon_testkit::{Served, WebServer, head};
use std::{
    io::Write,
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// A second address of this machine.
const TRAP: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
/// What is shown comes well within this.
const PATIENCE: Duration = Duration::from_secs(20);

/// `*.here.test` is this machine, `trap.test` the trap; `both.test` is both, `nobody.test` none.
fn names() -> Lookup {
    Arc::new(|host| {
        async move {
            Ok(match host.as_str() {
                "trap.test" | "localhost" => vec![TRAP],
                "both.test" => vec![HERE, TRAP],
                "nobody.test" => Vec::new(),
                _ => vec![HERE],
            })
        }
        .boxed()
    })
}

/// May ask one server of this machine, and nothing else of it.
fn fetcher(server: &WebServer, names: Lookup) -> Fetcher {
    let allowed: Allowed = server.address.to_string().parse().unwrap();
    Fetcher::new(vec![allowed], names)
        .unwrap()
        .patient_for(PATIENCE)
}

async fn serving(serve: impl Fn(&str) -> Served + Send + Sync + 'static) -> WebServer {
    WebServer::start(HERE, 0, serve).await.unwrap()
}

/// A trap on the port of a server, and it alone would be reached by another address.
async fn trap(port: u16) -> WebServer {
    let bait = |_: &str| Served::page("<title>caught</title>");
    WebServer::start(TRAP, port, bait).await.unwrap()
}

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

async fn title(fetcher: &Fetcher, at: &str) -> Result<Option<String>, Refused> {
    match fetcher.look(&url(at)).await? {
        Behind::Page(page) => Ok(page.title),
        Behind::Picture(_) => panic!("a picture"),
    }
}

#[tokio::test]
async fn a_page_is_found_behind_redirects() {
    let server = serving(|path| match path {
        "/" => Served::redirect(302, "/second"),
        "/second" => Served::redirect(301, "page?x=1"),
        _ => Served::page("<title>Found</title>"),
    })
    .await;
    let fetcher = fetcher(&server, names());
    let at = format!("http://a.here.test:{}/#part", server.address.port());
    assert_eq!(title(&fetcher, &at).await.unwrap().unwrap(), "Found");
    assert_eq!(server.came(), ["/", "/second", "/page?x=1"]);
}

#[tokio::test]
async fn no_way_of_writing_an_address_leads_into_the_trap() {
    let server = serving(|_| Served::page("<title>fine</title>")).await;
    let port = server.address.port();
    let trap = trap(port).await;
    let fetcher = fetcher(&server, names());
    for host in [
        "127.0.0.2",
        "127.2",
        "0x7f.2",
        "0x7f000002",
        "2130706434",
        "0177.0.0.2",
        "127.0.0.2.",
        "[::ffff:127.0.0.2]",
        "[::ffff:7f00:2]",
        "[::127.0.0.2]",
        "[64:ff9b::7f00:2]",
        "[2002:7f00:2::]",
        "trap.test",
        "TRAP.test",
        "localhost",
        "both.test",
        "０x７f.2",
        "①②⑦.0.0.2",
    ] {
        let refused = fetcher.look(&url(&format!("http://{host}:{port}/"))).await;
        assert!(
            matches!(refused, Err(Refused::NotPublic)),
            "{host}: {refused:?}"
        );
    }
    for at in [
        format!("http://ada:secret@here.test:{port}/"),
        format!("http://ada@here.test:{port}/"),
        format!("ftp://here.test:{port}/"),
        "file:///etc/passwd".into(),
        format!("http://here.test:{port}/{}", "x".repeat(3_000)),
    ] {
        let refused = fetcher.look(&url(&at)).await;
        assert!(matches!(refused, Err(Refused::NotOfTheWeb)), "{at}");
    }
    let nobody = fetcher.look(&url("http://nobody.test/")).await;
    assert!(matches!(nobody, Err(Refused::NoSuchName)));
    assert_eq!((server.came(), trap.came()), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn no_redirect_leads_into_the_trap() {
    let server = serving(|path| {
        let (status, to) = path[1..].split_once('/').unwrap();
        Served::redirect(status.parse().unwrap(), to)
    })
    .await;
    let port = server.address.port();
    let trap = trap(port).await;
    let fetcher = fetcher(&server, names());
    for status in [301, 302, 303, 307, 308] {
        for to in [
            format!("http://127.0.0.2:{port}/"),
            format!("http://trap.test:{port}/"),
            format!("http://0x7f.2:{port}/"),
            format!("http://[::ffff:127.0.0.2]:{port}/"),
            format!("//trap.test:{port}/"),
            "http://here.test:1/".into(),
            format!("http://ada:secret@here.test:{port}/"),
            "file:///etc/passwd".into(),
            "http://[".into(),
        ] {
            let at = format!("http://here.test:{port}/{status}/{to}");
            let refused = fetcher.look(&url(&at)).await;
            let expected = matches!(refused, Err(Refused::NotPublic | Refused::NotOfTheWeb));
            assert!(expected, "{at}: {refused:?}");
        }
    }
    assert_eq!(server.came().len(), 45);
    assert_eq!(trap.came(), Vec::<String>::new());
}

#[tokio::test]
async fn redirects_end() {
    let server = serving(|_| Served::redirect(302, "/again")).await;
    let fetcher = fetcher(&server, names());
    let at = format!("http://here.test:{}/", server.address.port());
    let refused = fetcher.look(&url(&at)).await;
    assert!(matches!(refused, Err(Refused::TooManyRedirects)));
    assert_eq!(server.came().len(), 5);
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_held_to_what_was_looked_at() {
    let server = serving(|path| match path {
        "/" => Served::redirect(302, "/second"),
        _ => Served::page("<title>fine</title>"),
    })
    .await;
    let port = server.address.port();
    let trap = trap(port).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    // This machine the first time, the trap from then on.
    let names: Lookup = Arc::new(move |_| {
        let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        async move { Ok(vec![if first { HERE } else { TRAP }]) }.boxed()
    });
    let fetcher = fetcher(&server, names);
    let refused = fetcher
        .look(&url(&format!("http://rebinds.test:{port}/")))
        .await;
    // Its first hop went where it was looked at; the second was looked at anew.
    assert!(matches!(refused, Err(Refused::NotPublic)), "{refused:?}");
    assert_eq!(server.came(), ["/"]);
    assert_eq!(trap.came(), Vec::<String>::new());
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

fn packed(bytes: &[u8], times: usize, first: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(first).unwrap();
    for _ in 0..times {
        packer.write_all(bytes).unwrap();
    }
    packer.finish().unwrap()
}

#[tokio::test]
async fn what_is_huge_packed_or_endless_is_read_no_further_than_needed() {
    // 200 MB of spaces.
    let page = packed(&[b' '; 1024 * 1024], 200, b"<title>Bomb</title>");
    let picture = packed(&[0; 1024 * 1024], 200, b"\x89PNG\r\n\x1a\n");
    assert!(page.len() < 2_000_000 && picture.len() < 2_000_000);
    let html = ("content-type", "text/html");
    let png = ("content-type", "image/png");
    let gzip = ("content-encoding", "gzip");
    let server = serving(move |path| match path {
        "/packed" => Served::new(200, &[html, gzip], &page),
        "/picture" => Served::new(200, &[png, gzip], &picture),
        "/endless" => Served::Endless(
            [head(200, &[html]), b"<title>Endless</title>".to_vec()].concat(),
            vec![b' '; 64 * 1024],
        ),
        "/film" => Served::Endless(head(200, &[png]), vec![0; 64 * 1024]),
        "/claims" => Served::Endless(
            head(200, &[png, ("content-length", "9000000000000")]),
            vec![0; 64 * 1024],
        ),
        _ => panic!("{path}"),
    })
    .await;
    let fetcher = fetcher(&server, names());
    let at = |path: &str| format!("http://here.test:{}{path}", server.address.port());
    for (path, expected) in [("/packed", "Bomb"), ("/endless", "Endless")] {
        let found = title(&fetcher, &at(path)).await.unwrap();
        assert_eq!(found.as_deref(), Some(expected));
    }
    for path in ["/picture", "/film", "/claims"] {
        let refused = fetcher.look(&url(&at(path))).await;
        assert!(matches!(refused, Err(Refused::TooLarge)), "{path}");
    }
}

#[tokio::test]
async fn whoever_stalls_is_left() {
    let server = serving(|path| match path {
        "/silent" => Served::Stalled(Vec::new()),
        "/head" => Served::Stalled(b"HTTP/1.1 200 Said\r\ncontent-type: text".to_vec()),
        _ => Served::Stalled(
            [
                head(200, &[("content-type", "text/html")]),
                b"<title>Slow".to_vec(),
            ]
            .concat(),
        ),
    })
    .await;
    let fetcher = fetcher(&server, names()).patient_for(Duration::from_millis(200));
    for path in ["/silent", "/head", "/body"] {
        let at = format!("http://here.test:{}{path}", server.address.port());
        let refused = fetcher.look(&url(&at)).await;
        assert!(matches!(refused, Err(Refused::TooSlow)), "{refused:?}");
    }
}

#[tokio::test]
async fn only_pages_and_pictures_are_shown() {
    let server = serving(|path| match path {
        "/none" => Served::new(200, &[], b"<title>x</title>"),
        "/404" => Served::new(404, &[("content-type", "text/html")], b"<title>x</title>"),
        "/500" => Served::new(500, &[("content-type", "text/html")], b"<title>x</title>"),
        kind => Served::new(200, &[("content-type", &kind[1..])], b"<title>x</title>"),
    })
    .await;
    let fetcher = fetcher(&server, names());
    let at = |path: &str| url(&format!("http://here.test:{}{path}", server.address.port()));
    for kind in [
        "/none",
        "/text/plain",
        "/application/json",
        "/application/octet-stream",
        "/application/pdf",
        "/image/svg+xml",
        "/text/xml",
        "/video/mp4",
    ] {
        let refused = fetcher.look(&at(kind)).await;
        assert!(matches!(refused, Err(Refused::OtherType)), "{kind}");
    }
    for status in ["/404", "/500"] {
        let refused = fetcher.look(&at(status)).await;
        assert!(matches!(refused, Err(Refused::Status(_))), "{status}");
    }
    let page = fetcher.picture(&at("/text/html")).await;
    assert!(matches!(page, Err(Refused::OtherType)));
}
