//! Community: the tables of this domain, one file each.

pub mod conversation;
pub mod conversation_message;
