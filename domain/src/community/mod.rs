//! Community: what people say under the brand's posts, and what the brand answers.
//!
//! Decided here:
//! - A conversation is what somebody began to say under a publication, with all that was answered to it. What the account itself writes under
//!   its post (the rest of a thread, a first comment) begins none.
//! - A message asks when it began the conversation or is the first after an answer of the account: whoever writes three lines in a row waits for
//!   one answer. It is answered by the first message of the account in the conversation after it.
//! - A message is known by account and id. An edited text replaces the one before; what is not there any more stays as a message without name and
//!   text, and counts no more.

mod queries;
mod read_job;
mod write;

pub use queries::{ConversationFilter, MessageCount, conversations, message_counts, messages_of};
pub use read_job::ReadComments;
