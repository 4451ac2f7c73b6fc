//! Accounts that the terminal changes, while the server runs.

use crate::program::{Program, next, terminal_told};

#[tokio::test]
async fn a_password_changed_on_the_terminal_closes_open_sockets_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["ada", "bob"] {
        let add = ["user", "add", name, "--password-stdin"];
        terminal_told(folder.path(), &add, "correct horse");
    }
    let server = Program::start(folder.path()).await;
    let ada = server.sign_in("ada", "correct horse").await;
    let bob = server.sign_in("bob", "correct horse").await;
    let mut hers = server.connect(&ada).await;
    let mut his = server.connect(&bob).await;
    terminal_told(folder.path(), &["user", "password", "ada"], "another horse");
    while next(&mut hers).await.is_some() {}
    assert_eq!(server.get(&ada, "/api/me").await["code"], "not_signed_in");
    // What bob hears last is that ada is gone, on a socket that is still open.
    loop {
        let told = next(&mut his).await.expect("bob was signed out too");
        if told["type"] == "presence" && told["users"][0]["presence"] == "offline" {
            break;
        }
    }
    assert_eq!(server.get(&bob, "/api/me").await["user"]["handle"], "bob");
}
