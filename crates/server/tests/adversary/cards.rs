//! What agents asked to be allowed, and who decides it: rightly, wrongly, twice, and never.

use crate::{
    Tally,
    dice::Dice,
    house::House,
    statement::{Act, Asked, Verdict, Who},
    turn::{LOOK, LOOKS_MAX, compare, traces},
};
use salon_protocol::ApprovalState;
use serde_json::json;

/// A card that nobody has decided.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    pub(crate) room: String,
    pub(crate) number: u32,
    pub(crate) act: Act,
    pub(crate) agent: Who,
    pub(crate) asker: Who,
}

/// Somebody decides one of the cards, whether they may or not.
pub(crate) async fn decide(house: &mut House<'_>, dice: &mut Dice, tally: &mut Tally) {
    if house.cards.is_empty() {
        return;
    }
    let at = dice.below(house.cards.len());
    let card = house.cards[at].clone();
    let people: Vec<Who> = house.open_people();
    // Half of the time it is whoever asked.
    let by = match dice.one_in(2) && people.contains(&card.asker) {
        true => card.asker,
        false => *dice.pick(&people),
    };
    let may = house.world.may_decide(by, card.asker, &card.room);
    // The adversary makes no agents: then there are no more of them than the statement knows.
    let makes = card.act.args.get("action").is_some_and(|it| it == "create");
    let approve = !makes && !dice.one_in(4);
    house.sync().await;
    house.left.clear();
    let status = ask(house, by, &card, approve).await;
    tally.cards_tried += 1;
    let what = format!("{} decided {card:?}", house.world.people[by].handle);
    assert_eq!(status, may, "{what}");
    if may != 200 {
        let events = house.sync().await;
        let came = traces(house, &events, "").await;
        compare(&came, &[], &format!("{what}, and was refused"));
        return;
    }
    house.cards.remove(at);
    house.world.rooms.get_mut(&card.room).unwrap().waiting -= 1;
    tally.cards_decided += 1;
    let mut left = Vec::new();
    if approve {
        let asked = Asked {
            agent: Some(card.agent),
            person: by,
            here: &card.room,
            with_leave: true,
        };
        let before = house.world.clone();
        let (verdict, traces) = house.world.judge(asked, &card.act);
        left = traces;
        house.pokes += usize::from(verdict == Verdict::Allowed && card.act.name == "probe/poke");
        let wanted = match verdict {
            Verdict::Allowed => ApprovalState::Done,
            _ => ApprovalState::Failed,
        };
        let (state, result) = settled(house, &card).await;
        assert_eq!(
            state, wanted,
            "{what}: {result:?}; {:?}",
            before.rooms[&card.room]
        );
        house.note_loot(&card.act, &left);
    }
    let events = house.sync().await;
    let came = traces(house, &events, "").await;
    compare(&came, &left, &what);
    // Nothing is decided, or done, twice.
    let again = house.world.may_decide(by, card.asker, &card.room);
    let wanted = if again == 200 { 409 } else { again };
    assert_eq!(ask(house, by, &card, true).await, wanted, "{what} twice");
}

async fn ask(house: &House<'_>, by: Who, card: &Card, approve: bool) -> u16 {
    let id = house.ids[&card.room];
    let path = format!("/api/rooms/{id}/approvals/{}", card.number);
    house
        .api(by)
        .post(&path, json!({ "approve": approve }))
        .await
        .0
}

/// How an approved act ended, once it has.
async fn settled(house: &House<'_>, card: &Card) -> (ApprovalState, Option<String>) {
    let store = house.server.running.chat.store();
    for _ in 0..LOOKS_MAX {
        let row = store.approval(house.ids[&card.room], card.number).await;
        let row = row.unwrap().unwrap();
        if row.state != ApprovalState::Approved {
            return (row.state, row.result);
        }
        tokio::time::sleep(LOOK).await;
    }
    panic!("nothing comes of {card:?}");
}
