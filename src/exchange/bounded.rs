//! Reading in bounded memory: a file is read as it streams by, and refused as soon as it breaks a limit.

use std::fmt;
use std::io::{self, Read};
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

/// Most characters of one text, in bytes. What the questionnaire takes is far shorter.
pub(super) const LONGEST_TEXT: usize = 20_000;

/// A list of at most `MOST` items; one more is an error, so that a hostile file can't fill the memory.
pub(super) fn at_most<'de, const MOST: usize, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct List<T, const MOST: usize>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for List<T, MOST> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a list of at most {MOST}")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(item) = items.next_element()? {
                if list.len() == MOST {
                    return Err(A::Error::custom(format!("at most {MOST} entries")));
                }
                list.push(item);
            }
            Ok(list)
        }
    }

    deserializer.deserialize_seq(List::<T, MOST>(PhantomData))
}

/// A text of at most [`LONGEST_TEXT`] bytes.
pub(super) fn short<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.len() > LONGEST_TEXT {
        return Err(D::Error::custom(format!(
            "at most {LONGEST_TEXT} bytes of text"
        )));
    }
    Ok(text)
}

/// Passes on at most so many bytes, without a byte order mark at the beginning, and remembers when there were more.
pub(super) struct Limited<R> {
    inner: io::Chain<io::Cursor<Vec<u8>>, R>,
    left: u64,
    pub(super) too_large: bool,
}

impl<R: Read> Limited<R> {
    pub(super) fn new(mut inner: R, limit: u64) -> io::Result<Self> {
        let mut start = Vec::with_capacity(3);
        inner.by_ref().take(3).read_to_end(&mut start)?;
        if start == b"\xef\xbb\xbf" {
            start.clear();
        }
        Ok(Self {
            inner: io::Cursor::new(start).chain(inner),
            left: limit,
            too_large: false,
        })
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        if read as u64 > self.left {
            self.too_large = true;
            return Err(io::Error::other("too large"));
        }
        self.left -= read as u64;
        Ok(read)
    }
}
