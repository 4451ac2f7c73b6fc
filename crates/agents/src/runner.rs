//! AI members.

/// The agents of one server.
pub struct Agents;

impl Agents {
    /// Starts.
    pub async fn start(_chat: salon_chat::Chat) -> Result<Self, salon_chat::ChatError> {
        Ok(Self)
    }

    /// Stops.
    pub async fn stop(self) {}
}
