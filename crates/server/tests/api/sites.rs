//! What pages of other sites may do with somebody's browser, and what an answer tells whoever keeps
//! or frames it: nothing.

use crate::harness::{PASSWORD, Server};
use reqwest::{Method, redirect::Policy};
use salon_protocol::Role;
use salon_server::config::Config;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Another configuration.
type Change = fn(&mut Config);

/// A browser that follows nothing by itself.
fn browser() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy();
    builder.redirect(Policy::none()).build().unwrap()
}

/// Somebody signed in, as their browser says it.
async fn cookie(server: &Server, handle: &str) -> String {
    server.person(handle, Role::Owner).await;
    format!("salon_session={}", server.sign_in(handle).await.token)
}

/// Each route that the server describes, with something in the place of what a path names.
async fn described(server: &Server) -> Vec<(Method, String)> {
    let asked = server.http.get(server.url("/api/openapi.json")).send();
    let description: Value = asked.await.unwrap().json().await.unwrap();
    let mut routes = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        let path = path.replace("{room}", "general").replace(['{', '}'], "");
        for method in methods.as_object().unwrap().keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            routes.push((method, path.clone()));
        }
    }
    assert!(routes.len() > 80, "the description lists the routes");
    routes
}

#[tokio::test]
async fn every_answer_is_kept_by_nobody_framed_by_nobody_and_runs_nothing_that_is_written_in_it() {
    let server = Server::start().await;
    let ada = cookie(&server, "ada").await;
    let mut asked = described(&server).await;
    for (method, path) in [
        (Method::GET, "/"),
        (Method::HEAD, "/"),
        (Method::GET, "/room/general"),
        (Method::GET, "/sw.js"),
        (Method::GET, "/nothing.js"),
        (Method::GET, "/assets/nothing.js"),
        (Method::POST, "/"),
        (Method::GET, "/api"),
        (Method::GET, "/api/nothing"),
        (Method::TRACE, "/api/me"),
        (Method::OPTIONS, "/api/me"),
        (Method::GET, "/api/ws"),
        (Method::GET, "/api/openapi.json"),
        (Method::GET, "/api/rooms/%F0%28"),
        (Method::GET, "/api/search?q=%00"),
    ] {
        asked.push((method, path.to_owned()));
    }
    let browser = browser();
    for signed_in in [false, true] {
        for (method, path) in &asked {
            // Whoever signs out learns nothing more afterwards.
            if path == "/api/logout" {
                continue;
            }
            let mut request = browser.request(method.clone(), server.url(path));
            if signed_in {
                request = request.header("cookie", &ada);
            }
            let answer = request.send().await.unwrap();
            let what = format!(
                "{method} {path}: {} {:?}",
                answer.status(),
                answer.headers()
            );
            let header = |name: &str| {
                let mut all = answer.headers().get_all(name).iter();
                let one = all.next().map(|value| value.to_str().unwrap().to_owned());
                assert!(all.next().is_none(), "{name} comes once: {what}");
                one.unwrap_or_default()
            };
            assert_eq!(header("x-frame-options"), "DENY", "{what}");
            assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
            assert_eq!(header("referrer-policy"), "no-referrer", "{what}");
            assert_eq!(
                header("cross-origin-opener-policy"),
                "same-origin",
                "{what}"
            );
            assert_eq!(
                header("cross-origin-resource-policy"),
                "same-origin",
                "{what}"
            );
            let policy = header("content-security-policy");
            let directives: Vec<&str> = policy.split(';').map(str::trim).collect();
            for directive in [
                "frame-ancestors 'none'",
                "object-src 'none'",
                "base-uri 'none'",
            ] {
                assert!(directives.contains(&directive), "{what}");
            }
            let scripts = directives.iter().find(|one| one.starts_with("script-src"));
            assert_eq!(scripts, Some(&"script-src 'self'"), "{what}");
            for word in ["unsafe", "*", "http:", "https:"] {
                assert!(!policy.contains(word), "{word}: {what}");
            }
            for name in [
                "access-control-allow-origin",
                "location",
                "refresh",
                "server",
            ] {
                assert_eq!(header(name), "", "{name}: {what}");
            }
            assert!(!answer.status().is_redirection(), "{what}");
            let page = !path.starts_with("/api/") && answer.status().is_success();
            let kept = header("cache-control");
            match path.as_str() {
                "/healthz" | "/readyz" | "/metrics" => assert_eq!(kept, "no-store", "{what}"),
                _ if page => assert_eq!(kept, "no-cache", "{what}"),
                _ => assert_eq!(kept, "no-store", "{what}"),
            }
        }
    }
}

#[tokio::test]
async fn a_page_that_is_known_already_keeps_what_it_was_told() {
    let server = Server::start().await;
    let first = server.http.get(server.url("/")).send().await.unwrap();
    let Some(tag) = first.headers().get("etag").cloned() else {
        assert_eq!(first.status(), 503, "the client is not built in");
        return;
    };
    let again = server
        .http
        .get(server.url("/"))
        .header("if-none-match", tag);
    let again = again.send().await.unwrap();
    assert_eq!(again.status(), 304);
    for name in ["cache-control", "etag", "vary", "content-security-policy"] {
        assert_eq!(again.headers()[name], first.headers()[name], "{name}");
    }
}

#[tokio::test]
async fn what_is_handed_out_of_files_runs_in_no_page_and_is_asked_for_each_time() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    for (name, bytes) in [
        ("page.html", "<script>document.title='ran'</script>"),
        (
            "drawing.svg",
            "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        ),
        ("words.txt", "plain words"),
        ("code.js", "alert(1)"),
        ("a\r\nset-cookie: salon_session=mine", "plain words"),
    ] {
        let url = server.url("/api/rooms/general/files");
        let sent = server.http.post(url).query(&[("name", name)]);
        let sent = sent
            .bearer_auth(&ada.token)
            .body(bytes)
            .send()
            .await
            .unwrap();
        let info: Value = sent.json().await.unwrap();
        let url = server.url(&format!("/api/files/{}", info["id"].as_str().unwrap()));
        let file = server.http.get(&url).bearer_auth(&ada.token);
        let file = file.send().await.unwrap();
        let headers = file.headers();
        assert_eq!(file.status(), 200, "{name}");
        let media_type = headers["content-type"].to_str().unwrap();
        for runs in ["html", "xml", "svg", "javascript"] {
            assert!(
                !media_type.contains(runs),
                "{name} is served as {media_type}"
            );
        }
        assert_eq!(
            headers["content-security-policy"],
            "sandbox; default-src 'none'; frame-ancestors 'none'"
        );
        assert_eq!(headers["cache-control"], "private, no-cache");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        let disposition = headers["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment;"), "{disposition}");
        assert!(!headers.contains_key("set-cookie"), "{headers:?}");
        // Whoever holds a copy is asked again, and who may not read it is told nothing.
        let tag = headers["etag"].clone();
        let eve = server.http.get(&url).header("if-none-match", tag);
        assert_eq!(eve.send().await.unwrap().status(), 401);
    }
}

#[tokio::test]
async fn no_address_leads_to_another_site() {
    let server = Server::start().await;
    let ada = cookie(&server, "ada").await;
    for path in [
        "//evil.example",
        "//evil.example/..",
        "/\\evil.example",
        "/%5cevil.example",
        "/%2f%2fevil.example",
        "/.//evil.example",
        "/;@evil.example",
        "/@evil.example",
        "/%0d%0alocation:%20http://evil.example",
        "/?next=http://evil.example",
        "/?redirect=//evil.example&url=//evil.example&return_to=//evil.example",
        "/join?next=http://evil.example",
        "/setup?redirect_uri=http://evil.example",
        "/room//evil.example",
        "/api//evil.example",
        "/api/logout?next=http://evil.example",
        "/api/login?next=http://evil.example",
        "/api/files/..%2f..%2fevil.example",
    ] {
        for (method, cookie) in [("GET", ""), ("GET", ada.as_str()), ("POST", "")] {
            let mut stream = TcpStream::connect(server.address()).await.unwrap();
            let head = format!(
                "{method} {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\
                 Content-Length: 0\r\nConnection: close\r\n\r\n",
                server.address()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.unwrap();
            let answer = String::from_utf8_lossy(&answer).into_owned();
            let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
            let status = head.split(' ').nth(1).unwrap();
            assert!(!status.starts_with('3'), "{method} {path}: {head}");
            for name in ["location:", "refresh:", "evil.example"] {
                assert!(!head.contains(name), "{method} {path}: {head}");
            }
        }
    }
}

#[tokio::test]
async fn no_page_of_another_site_changes_anything_with_somebodys_cookie() {
    let server = Server::start().await;
    let ada = cookie(&server, "ada").await;
    let state = async || {
        let mut all = String::new();
        for path in [
            "/api/me",
            "/api/rooms",
            "/api/rooms/general/events",
            "/api/directory",
            "/api/account/sessions",
            "/api/agents",
            "/api/invites",
            "/api/later",
        ] {
            let asked = server.http.get(server.url(path)).header("cookie", &ada);
            let answer = asked.send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            all.push_str(&answer.text().await.unwrap());
        }
        all
    };
    let before = state().await;
    let port = server.address().port();
    // How other sites' pages show: by their origin, by none because it is hidden, by what the
    // browser says of where the page stands.
    let others: [&[(&str, &str)]; 5] = [
        &[("origin", "http://evil.example")],
        &[("origin", "null")],
        &[("origin", &format!("http://127.0.0.1:{}", port ^ 1))],
        &[("sec-fetch-site", "cross-site")],
        &[
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-mode", "no-cors"),
        ],
    ];
    // What a form can send without asking first is as good as JSON here: only the origin counts.
    let forms = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json",
    ];
    for (method, path) in described(&server).await {
        if method.is_safe() {
            continue;
        }
        for (n, other) in others.iter().enumerate() {
            let request = server.http.request(method.clone(), server.url(&path));
            let mut request = request.header("cookie", &ada);
            for (name, value) in *other {
                request = request.header(*name, *value);
            }
            let body = json!({ "text": "forged", "name": "forged", "handle": "forged" });
            let request = request.header("content-type", forms[n % forms.len()]);
            let answer = request.body(body.to_string()).send().await.unwrap();
            assert_eq!(answer.status(), 403, "{method} {path} by {other:?}");
        }
        // A browser that asks beforehand is allowed nothing.
        let asks = server.http.request(Method::OPTIONS, server.url(&path));
        let asks = asks
            .header("origin", "http://evil.example")
            .header("access-control-request-method", method.as_str())
            .header("access-control-request-headers", "authorization");
        for (name, _) in asks.send().await.unwrap().headers() {
            assert!(
                !name.as_str().starts_with("access-control"),
                "{path}: {name}"
            );
        }
    }
    assert_eq!(state().await, before);
}

/// A link is followed with the cookie: it may lead to the page and to a file, and to nothing that
/// an address alone brings about, such as a direct room.
#[tokio::test]
async fn a_link_on_another_site_opens_no_room() {
    let server = Server::start().await;
    let ada = cookie(&server, "ada").await;
    server.member("bob").await;
    let follow = async |path: &str, from: &str| {
        let link = server.http.get(server.url(path)).header("cookie", &ada);
        let link = link
            .header("sec-fetch-site", from)
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document");
        link.send().await.unwrap().status().as_u16()
    };
    for from in ["cross-site", "same-site"] {
        assert_eq!(follow("/api/rooms/@bob", from).await, 403);
        assert_eq!(
            follow("/api/files/none", from).await,
            404,
            "asked for as ever"
        );
    }
    let rooms = server
        .http
        .get(server.url("/api/rooms"))
        .header("cookie", &ada);
    let rooms: Value = rooms.send().await.unwrap().json().await.unwrap();
    assert_eq!(rooms["rooms"].as_array().unwrap().len(), 1, "{rooms}");
    assert_eq!(follow("/api/rooms/@bob", "same-origin").await, 200);
    assert_eq!(
        follow("/api/rooms/@bob", "none").await,
        200,
        "typed by hand"
    );
}

/// What a page of another site, or somebody who writes the request themselves, may call itself.
fn origins(port: u16) -> Vec<Vec<u8>> {
    let texts = [
        "http://evil.example".to_owned(),
        format!("http://evil.example:{port}"),
        "https://evil.example".into(),
        "null".into(),
        "NULL".into(),
        "".into(),
        " ".into(),
        "*".into(),
        "http://".into(),
        "http:".into(),
        "file://".into(),
        "about:blank".into(),
        "data:text/html,x".into(),
        "chrome-extension://abcdefghijklmnop".into(),
        "http://localhost".into(),
        "http://127.0.0.1".into(),
        format!("http://127.0.0.1:{}", port ^ 1),
        format!("http://127.0.0.2:{port}"),
        format!("http://localhost:{port}"),
        format!("http://[::1]:{port}"),
        format!("http://[::ffff:127.0.0.1]:{port}"),
        format!("http://0.0.0.0:{port}"),
        format!("http://2130706433:{port}"),
        format!("http://0x7f.1:{port}"),
        format!("http://127.1:{port}"),
        format!("http://127.0.0.1.:{port}"),
        format!("http://127.0.0.1:{port}.evil.example"),
        format!("http://127.0.0.1.evil.example:{port}"),
        format!("http://evil.example#127.0.0.1:{port}"),
        format!("http://evil.example?127.0.0.1:{port}"),
        format!("http://evil.example/127.0.0.1:{port}"),
        format!("http://evil.example\\127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}@evil.example"),
        format!("http://evil.example@127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}/path"),
        format!("http://127.0.0.1:{port}?query"),
        format!("http://127.0.0.1:{port} http://evil.example"),
        format!("http://evil.example, http://127.0.0.1:{port}"),
        format!("ws://127.0.0.1:{port}"),
        format!("ftp://127.0.0.1:{port}"),
        format!("javascript://127.0.0.1:{port}"),
        format!("127.0.0.1:{port}"),
        format!("//127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}%00.evil.example"),
        format!("http://127.0.0.1:0{port}"),
        format!("http://127.0.0.1:{port}\u{ff0e}example"),
    ];
    let mut all: Vec<Vec<u8>> = texts.map(String::into_bytes).into();
    all.push(b"http://\xff\xfe".to_vec());
    all
}

#[tokio::test]
async fn a_page_of_another_site_opens_no_socket_whatever_it_calls_itself() {
    let server = Server::start().await;
    let ada = cookie(&server, "ada").await;
    let address = server.address();
    let knock = async |origin: &[u8], more: &str| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "GET /api/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: {ada}\r\n{more}Origin: "
        );
        let request = [head.as_bytes(), origin, b"\r\n\r\n"].concat();
        stream.write_all(&request).await.unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        String::from_utf8_lossy(&status[9..]).into_owned()
    };
    let own = format!("http://{address}");
    assert_eq!(knock(own.as_bytes(), "").await, "101", "our own page may");
    let origins = origins(address.port());
    assert!(origins.len() >= 40);
    for origin in &origins {
        let name = String::from_utf8_lossy(origin).into_owned();
        assert_eq!(knock(origin, "").await, "403", "{name:?}");
        // Beside a good one it is no better.
        let two = format!("Origin: {own}\r\n");
        assert_eq!(knock(origin, &two).await, "403", "{name:?} beside our own");
    }
}

#[tokio::test]
async fn the_cookie_is_read_by_no_script_sent_to_no_other_site_and_over_tls_alone_where_there_is() {
    let plain = |_: &mut Config| {};
    let named = |config: &mut Config| config.public_url = Some("https://chat.example".into());
    let proxied = |config: &mut Config| config.trust_proxy = true;
    let cases: [(Change, Option<&str>, bool); 6] = [
        (plain, None, false),
        // Whoever stands in front without being trusted says nothing.
        (plain, Some("https"), false),
        (named, None, true),
        (named, Some("http"), true),
        (proxied, Some("https"), true),
        (proxied, Some("http"), false),
    ];
    for (n, (change, scheme, secure)) in cases.into_iter().enumerate() {
        let server = Server::start_with(change).await;
        server.person("ada", Role::Member).await;
        let send = async |path: &str, cookie: &str| {
            let mut request = server.http.post(server.url(path)).header("cookie", cookie);
            if let Some(scheme) = scheme {
                request = request.header("x-forwarded-proto", scheme);
            }
            let body = json!({ "handle": "ada", "password": PASSWORD });
            let answer = request.json(&body).send().await.unwrap();
            let all: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
            assert_eq!(all.len(), 1, "case {n}: {path} sets one cookie");
            all[0].to_str().unwrap().to_owned()
        };
        let set = send("/api/login", "").await;
        let parts: Vec<&str> = set.split("; ").collect();
        let name = match secure {
            // A name that a neighbour under the same domain cannot set.
            true => "__Host-salon_session",
            false => "salon_session",
        };
        let (sent, _) = parts[0].split_once('=').unwrap();
        assert_eq!(sent, name, "case {n}");
        let mut flags = vec!["Path=/", "Max-Age=2592000", "HttpOnly", "SameSite=Lax"];
        flags.extend(secure.then_some("Secure"));
        assert_eq!(parts[1..], flags, "case {n}");
        let cleared = send("/api/logout", parts[0]).await;
        flags[1] = "Max-Age=0";
        let expected = [&[&*format!("{name}=")], &flags[..]].concat().join("; ");
        assert_eq!(cleared, expected, "case {n}");
    }
}

/// Under one domain others may stand too, and set cookies for all of it.
#[tokio::test]
async fn a_neighbours_cookie_signs_nobody_in_where_there_is_tls() {
    let named = |config: &mut Config| config.public_url = Some("https://chat.example".into());
    let server = Server::start_with(named).await;
    server.person("eve", Role::Member).await;
    let eve = server.sign_in("eve").await.token;
    let me = async |cookie: String| {
        let asked = server
            .http
            .get(server.url("/api/me"))
            .header("cookie", cookie);
        asked.send().await.unwrap().status().as_u16()
    };
    assert_eq!(me(format!("__Host-salon_session={eve}")).await, 200);
    assert_eq!(me(format!("salon_session={eve}")).await, 401);
    server.person("ada", Role::Member).await;
    let ada = server.sign_in("ada").await.token;
    let both = format!("salon_session={eve}; __Host-salon_session={ada}");
    let asked = server
        .http
        .get(server.url("/api/me"))
        .header("cookie", both);
    let told: Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!(told["user"]["handle"], "ada");
}

/// Where people come over TLS, a page that came without it may be anybody's on the way.
#[tokio::test]
async fn a_page_without_tls_is_another_site_where_there_is_tls() {
    let named = |config: &mut Config| config.public_url = Some("https://chat.example".into());
    let server = Server::start_with(named).await;
    let login = async |origin: &str| {
        let request = server.http.post(server.url("/api/login"));
        let request = request
            .header("origin", origin)
            .header("host", "chat.example");
        let body = json!({ "handle": "nobody", "password": "no such one" });
        request.json(&body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(
        login("https://chat.example").await,
        401,
        "heard, and not known"
    );
    assert_eq!(login("http://chat.example").await, 403);
    assert_eq!(login("http://chat.example:80").await, 403);
}
