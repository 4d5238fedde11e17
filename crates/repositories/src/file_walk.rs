//! How a list by key goes through files and folders, whatever they are kept in.

use mainstay_domain::{File, FileEntry, FileQuery, Page, Position, SortValue, successor};

/// Files that are read at once behind a folder: the next one may be a folder again.
const BEHIND_A_FOLDER: u64 = 8;

/// A list under way: tells from where on it wants files, and makes entries of them.
pub(crate) struct FileWalk<'a> {
    query: &'a FileQuery,
    from: Vec<u8>,
    batch: u64,
    asked: u64,
    entries: Vec<FileEntry>,
    done: bool,
}

impl<'a> FileWalk<'a> {
    /// Begins behind the position of the query's page.
    pub(crate) fn new(query: &'a FileQuery) -> Self {
        let mut walk = Self {
            query,
            from: query.prefix.as_str().as_bytes().to_vec(),
            batch: u64::from(query.page.limit) + 1,
            asked: 0,
            entries: Vec::new(),
            done: false,
        };
        if let Some(SortValue::Text(after)) = query.page.after.as_ref().map(|after| &after.value) {
            let behind = match walk.folder_of(after) {
                Some(folder) => successor(folder.as_bytes()),
                None => Some(right_after(after)),
            };
            walk.seek(behind);
        }
        walk
    }

    /// From which octets on it wants files, in order, and how many; none when the page is full.
    pub(crate) fn wanted(&mut self) -> Option<(&[u8], u64)> {
        let room = (u64::from(self.query.page.limit) + 1).saturating_sub(self.entries.len() as u64);
        if self.done || room == 0 {
            return None;
        }
        self.asked = self.batch.min(room);
        Some((&self.from, self.asked))
    }

    /// Takes the files it asked for; fewer of them mean that there are no more.
    pub(crate) fn take(&mut self, files: Vec<File>) {
        self.done = (files.len() as u64) < self.asked;
        self.batch = self.batch.saturating_mul(2);
        let mut folder: Option<String> = None;
        for file in files {
            let key = file.key.as_str();
            if folder.as_deref().is_some_and(|folder| key.starts_with(folder)) {
                continue;
            }
            folder = self.folder_of(key).map(str::to_owned);
            self.from = right_after(key);
            self.entries.push(match &folder {
                Some(folder) => FileEntry::Folder(folder.clone()),
                None => FileEntry::File(Box::new(file)),
            });
        }
        if let Some(folder) = folder {
            self.seek(successor(folder.as_bytes()));
            self.batch = BEHIND_A_FOLDER;
        }
    }

    /// What was found.
    pub(crate) fn page(self) -> Page<FileEntry> {
        Page::from_rows(self.entries, self.query.page.limit, position)
    }

    fn seek(&mut self, to: Option<Vec<u8>>) {
        match to {
            Some(to) => self.from = to.max(std::mem::take(&mut self.from)),
            None => self.done = true,
        }
    }

    /// The folder that a key lies in: up to the first delimiter behind the prefix.
    fn folder_of<'k>(&self, key: &'k str) -> Option<&'k str> {
        let delimiter = self.query.delimiter?;
        let rest = key.strip_prefix(self.query.prefix.as_str())?;
        let at = rest.find(delimiter)?;
        let end = self.query.prefix.as_str().len() + at + delimiter.len_utf8();
        key.get(..end)
    }
}

/// The least octets that are greater than a key.
fn right_after(key: &str) -> Vec<u8> {
    let mut octets = key.as_bytes().to_vec();
    octets.push(0);
    octets
}

fn position(entry: &FileEntry) -> Position {
    match entry {
        FileEntry::File(file) => file.position(),
        FileEntry::Folder(folder) => Position {
            value: SortValue::Text(folder.clone()),
            id: Default::default(),
        },
    }
}
