//! A rough count of tokens that errs on the side of more: four letters, or one ideograph, make one.

use super::{ChatRequest, Price, Usage};

/// What a message's framing costs beside its words.
const PER_MESSAGE: u64 = 4;

/// Written tokens that a call is reserved where its request names no bound: longer answers are
/// rare, and none of ours is a book.
const ANSWER_RESERVED: u64 = 4_096;

/// What a model reads of one picture, by services' own tables for what is as large as ours are.
const PER_IMAGE: u64 = 1_600;

/// The most that a call is expected to cost.
pub(crate) fn reserve(request: &ChatRequest, price: Price) -> Usage {
    let prompt_tokens = of_request(request);
    let completion_tokens = request.max_tokens.map_or(ANSWER_RESERVED, u64::from);
    Usage {
        prompt_tokens,
        completion_tokens,
        cost: price.of(prompt_tokens, completion_tokens),
        estimated: true,
        ..Usage::default()
    }
}

/// Tokens of a text.
pub(crate) fn of_text(text: &str) -> u64 {
    let quarters: u64 = text.chars().map(|c| if c.is_ascii() { 1 } else { 4 }).sum();
    quarters.div_ceil(4)
}

/// Tokens of a message in a conversation.
pub(crate) fn of_message(text: &str) -> u64 {
    of_text(text) + PER_MESSAGE
}

/// Tokens that a model reads for a request.
pub(crate) fn of_request(request: &ChatRequest) -> u64 {
    let messages = request.messages.iter().map(|message| {
        let calls = message.tool_calls.iter();
        let calls: u64 = calls
            .map(|call| of_text(&call.arguments) + PER_MESSAGE)
            .sum();
        of_message(&message.content) + calls + PER_IMAGE * message.images.len() as u64
    });
    let tools = request.tools.iter().map(|tool| {
        of_text(&tool.description) + of_text(&tool.parameters.to_string()) + PER_MESSAGE
    });
    messages.sum::<u64>() + tools.sum::<u64>()
}
