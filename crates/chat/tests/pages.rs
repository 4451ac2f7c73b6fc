//! Pages of a room in which people write meanwhile.

use salon_chat::{
    Caller, Chat, ChatConfig, accounts,
    actions::{self, CreateUser, SendMessage},
    queries,
};
use salon_protocol::{Role, UserKind};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_holds_nothing_behind_the_number_that_comes_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let chat = Chat::start(ChatConfig::new(folder.path(), false));
    let chat = chat.await.unwrap();
    let new = CreateUser {
        handle: "ada".into(),
        display_name: None,
        kind: UserKind::Human,
        role: Role::Member,
        password_hash: None,
    };
    let ada = Caller::new(actions::create_user(&chat, new).await.unwrap(), None);
    let room = accounts::GENERAL_ROOM;
    let writing = {
        let (chat, ada) = (chat.clone(), ada.clone());
        tokio::spawn(async move {
            for n in 0..150 {
                let message = SendMessage::text(format!("number {n}"));
                actions::send_message(&chat, &ada, room, message)
                    .await
                    .unwrap();
            }
        })
    };
    let mut pages = 0;
    while !writing.is_finished() {
        let page = queries::messages(&chat, &ada, room, None, 5).await.unwrap();
        let newest = page.messages.last().map(|view| view.seq);
        assert!(newest <= Some(page.seq), "{newest:?} behind {:?}", page.seq);
        pages += 1;
    }
    writing.await.unwrap();
    assert!(pages > 0, "{pages} pages");
}
