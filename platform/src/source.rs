//! Bytes that are read when they are needed, a piece at a time: what is sent may be larger than memory.

use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream, StreamExt as _};

/// Where bytes come from.
pub trait Open: Send + Sync {
    /// How many there are.
    fn size(&self) -> u64;

    /// Reads those of this range, in order, in pieces of no particular size. The range lies within the size.
    fn open(&self, range: Range<u64>) -> BoxStream<'static, io::Result<Bytes>>;
}

/// Bytes that can be read again and again.
#[derive(Clone)]
pub struct Source(Arc<dyn Open>);

impl Source {
    /// Bytes that come from there.
    pub fn new(from: impl Open + 'static) -> Self {
        Self(Arc::new(from))
    }

    /// How many there are.
    pub fn size(&self) -> u64 {
        self.0.size()
    }

    /// Those of this range, as far as there are any; each piece as it comes.
    pub fn stream(&self, range: Range<u64>) -> BoxStream<'static, io::Result<Bytes>> {
        let end = range.end.min(self.size());
        self.0.open(range.start.min(end)..end)
    }

    /// Those of this range, as far as there are any, as a source of their own: nothing is read before it is.
    #[must_use]
    pub fn part(&self, range: Range<u64>) -> Self {
        let end = range.end.min(self.size());
        Self::new(Part { whole: self.clone(), range: range.start.min(end)..end })
    }

    /// Those of this range in memory: for ranges that are known to be small. Fewer than asked for are an error.
    pub async fn read(&self, range: Range<u64>) -> io::Result<Bytes> {
        let wanted = range.end.min(self.size()).saturating_sub(range.start);
        let mut whole = BytesMut::new();
        let mut pieces = self.stream(range);
        while let Some(piece) = pieces.next().await {
            whole.extend_from_slice(&piece?);
        }
        if whole.len() as u64 == wanted { Ok(whole.freeze()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// All of them in memory: for what is known to be small.
    pub async fn whole(&self) -> io::Result<Bytes> {
        self.read(0..self.size()).await
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("size", &self.size()).finish()
    }
}

/// A range of a source.
struct Part {
    whole: Source,
    range: Range<u64>,
}

impl Open for Part {
    fn size(&self) -> u64 {
        self.range.end - self.range.start
    }

    fn open(&self, range: Range<u64>) -> BoxStream<'static, io::Result<Bytes>> {
        self.whole.stream(self.range.start + range.start..self.range.start + range.end)
    }
}

impl From<Bytes> for Source {
    fn from(bytes: Bytes) -> Self {
        Self::new(bytes)
    }
}

impl From<Vec<u8>> for Source {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl Open for Bytes {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn open(&self, range: Range<u64>) -> BoxStream<'static, io::Result<Bytes>> {
        let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(self.len());
        let piece = self.slice(at(range.start)..at(range.end));
        stream::iter((!piece.is_empty()).then_some(Ok(piece))).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_range_is_read_and_what_is_beyond_is_not_there() {
        let source = Source::from(b"0123456789".to_vec());
        assert_eq!(source.size(), 10);
        assert_eq!(source.whole().await.unwrap(), "0123456789");
        assert_eq!(source.read(2..5).await.unwrap(), "234");
        assert_eq!(source.read(8..50).await.unwrap(), "89");
        assert!(source.read(10..12).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_part_is_a_source_of_its_own() {
        let part = Source::from(b"0123456789".to_vec()).part(3..7);
        assert_eq!(part.size(), 4);
        assert_eq!(part.whole().await.unwrap(), "3456");
        assert_eq!(part.read(1..3).await.unwrap(), "45");
        assert_eq!(part.part(2..20).whole().await.unwrap(), "56");
        assert_eq!(part.part(9..20).size(), 0);
    }
}
