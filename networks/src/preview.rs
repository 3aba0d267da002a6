//! A text as a network will show it, for those who look at it before it is there.

/// What a network makes of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// The text in order, each part as it is shown.
    pub pieces: Vec<Piece>,
    /// The address of the page of which the network adds a preview of its own, if it does.
    pub card: Option<String>,
}

/// A part of a text. Line breaks stand in it as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Plain text.
    Text(String),
    /// A link.
    Link {
        /// What is shown of it.
        shown: String,
        /// Where it leads: `http` or `https`.
        address: String,
    },
    /// A mention of somebody, with its `@`.
    Mention(String),
    /// A hashtag, with its `#`.
    Tag(String),
}

impl Preview {
    /// Adds plain text.
    pub(crate) fn text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }
}
