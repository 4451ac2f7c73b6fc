//! XMPP over WebSocket (RFC 7395) as far as one room for many (XEP-0045) goes: a stanza a frame.

use super::websocket;
use crate::line::Line;
use anyhow::bail;
use std::{cell::RefCell, net::SocketAddr};

const ROOM: &str = "room@rooms.localhost";
const OPEN: &str =
    "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";

/// Signs in as nobody in particular and goes into the room.
pub(super) async fn enter(line: &mut Line, address: SocketAddr, n: usize) -> anyhow::Result<()> {
    websocket::enter(line, address, "/room", "Sec-WebSocket-Protocol: xmpp\r\n").await?;
    ask(line, OPEN, "<stream:features").await?;
    let auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>";
    ask(line, auth, "<success").await?;
    ask(line, OPEN, "<stream:features").await?;
    let bind = "<iq xmlns='jabber:client' id='bind' type='set'>\
                <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
    ask(line, bind, "<jid>").await?;
    let presence = format!(
        "<presence xmlns='jabber:client' to='{ROOM}/m{n}'>\
         <x xmlns='http://jabber.org/protocol/muc'/></presence>"
    );
    // The room's subject comes last of what it tells whoever enters.
    ask(line, &presence, "<subject").await
}

async fn ask(line: &mut Line, stanza: &str, answer: &str) -> anyhow::Result<()> {
    line.write(&websocket::text_frame(stanza)).await?;
    let refused = RefCell::new(None);
    line.frame(|frame| {
        let stanza = String::from_utf8_lossy(frame);
        if stanza.contains("type='error'") || stanza.contains("<failure") {
            refused.replace(Some(stanza.into_owned()));
            return true;
        }
        stanza.contains(answer)
    })
    .await?;
    match refused.take() {
        Some(refused) => bail!("refused: {refused}"),
        None => Ok(()),
    }
}

pub(super) fn say(text: &str) -> Vec<u8> {
    websocket::text_frame(&format!(
        "<message xmlns='jabber:client' to='{ROOM}' type='groupchat'><body>{text}</body></message>"
    ))
}
