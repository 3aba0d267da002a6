//! What a laid-out page shows, for tests.

use typst::layout::{Frame, FrameItem};
use typst::model::Destination;
use typst_layout::PagedDocument;

/// What a laid-out document shows.
#[derive(Default)]
pub(crate) struct Shown {
    /// Its words, squeezed.
    pub(crate) text: String,
    /// Where its links lead.
    pub(crate) links: Vec<String>,
    /// How many pages.
    pub(crate) pages: usize,
    /// How many pictures.
    pub(crate) images: usize,
}

impl Shown {
    /// Reads all pages.
    pub(crate) fn of(document: &PagedDocument) -> Self {
        let mut shown = Self { pages: document.pages().len(), ..Self::default() };
        for page in document.pages() {
            shown.read(&page.frame);
        }
        shown
    }

    /// Whether the words stand on the page, however their lines are broken.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.text.contains(&squeeze(words))
    }

    fn read(&mut self, frame: &Frame) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => self.read(&group.frame),
                FrameItem::Text(text) => self.text.push_str(&squeeze(&text.text)),
                FrameItem::Link(Destination::Url(url), _) => self.links.push(url.as_str().to_owned()),
                FrameItem::Image(..) => self.images += 1,
                _ => {}
            }
        }
    }
}

/// The text without spaces, and without marks that nobody sees: where a line may break, and in which direction it runs.
pub(crate) fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}')).collect()
}
