//! When somebody wants to be told of nothing.

use crate::harness::Server;
use serde_json::json;

const PATH: &str = "/api/notifications";

#[tokio::test]
async fn quiet_hours_are_kept_and_told_to_one_s_own_sessions_alone() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    assert_eq!(ada.get(PATH).await, (200, json!({ "hide_text": false })));
    let (mut phone, mut others) = (ada.connect().await, bob.connect().await);
    let night = json!({ "quiet_hours": { "from": 1320, "to": 450, "time_zone": "Asia/Shanghai" },
        "hide_text": true });
    assert_eq!(
        ada.call("PUT", PATH, night.clone()).await,
        (200, night.clone())
    );
    assert_eq!(phone.expect("notifying").await["notifying"], night);
    assert_eq!(ada.get(PATH).await, (200, night));
    assert_eq!(bob.get(PATH).await, (200, json!({ "hide_text": false })));
    // What is left out holds no more.
    let until = json!({ "quiet_until": "2126-01-01T00:00:00Z" });
    let (status, kept) = ada.call("PUT", PATH, until).await;
    assert_eq!(status, 200, "{kept}");
    assert_eq!(
        (&kept["quiet_hours"], &kept["hide_text"]),
        (&json!(null), &json!(false))
    );
    assert!(
        kept["quiet_until"].as_str() < Some("2126"),
        "a year at most: {kept}"
    );
    let came = others.drain().await;
    assert!(
        came.iter().all(|frame| frame["type"] != "notifying"),
        "{came:?}"
    );
}

#[tokio::test]
async fn hours_that_are_none_are_refused_and_change_nothing() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    for (from, to, zone) in [
        (1440, 10, "UTC"),
        (10, 1440, "UTC"),
        (10, 10, "UTC"),
        (10, 20, ""),
        (10, 20, "Nowhere/At_All"),
        (10, 20, "../../etc/localtime"),
    ] {
        let wish = json!({ "quiet_hours": { "from": from, "to": to, "time_zone": zone } });
        let (status, refused) = ada.call("PUT", PATH, wish).await;
        assert_eq!(status, 400, "{from} {to} {zone}: {refused}");
    }
    assert_eq!(ada.get(PATH).await, (200, json!({ "hide_text": false })));
}
