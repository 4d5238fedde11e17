//! Lists of files by key.

use mainstay_domain::{Bucket, File, FileEntry, FileQuery, KeyPrefix};

use super::fixture::{SharedStore, file, page_of, store_file, stored_bucket, stored_user};

async fn bucket_with(store: &SharedStore, keys: &[&str]) -> Bucket {
    let bucket = stored_bucket(store).await;
    for key in keys {
        store_file(store, file(&bucket, key)).await;
    }
    bucket
}

fn under(prefix: &str, delimiter: Option<char>) -> FileQuery {
    FileQuery {
        prefix: KeyPrefix::parse(prefix).unwrap(),
        delimiter,
        page: page_of(100),
        ..FileQuery::default()
    }
}

/// Keys of files, and folders with a `>` before them.
async fn listed(store: &SharedStore, bucket: &Bucket, mut query: FileQuery) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        let page = store.read().files().list(bucket.id, &query).await.unwrap();
        assert!(page.items.len() <= query.page.limit as usize);
        seen.extend(page.items.iter().map(|entry| match entry {
            FileEntry::File(file) => file.key.as_str().to_owned(),
            FileEntry::Folder(folder) => format!(">{folder}"),
        }));
        query.page.after = page.next;
        if query.page.after.is_none() {
            return seen;
        }
    }
}

/// Not by anybody's alphabet, page by page.
pub async fn files_are_listed_by_the_octets_of_their_keys(store: SharedStore) {
    // In ascending order of octets; U+FF41 and U+10428 swap places in UTF-16.
    let keys = [
        " ", "-", "0", "A", "B", "_", "a", "a ", "a-b", "a/b", "a0", "aa", "b", "~", "ß", "ä", "ж", "ａ", "𐐨",
    ];
    let bucket = bucket_with(&store, &keys).await;
    for limit in [1, 4, 100] {
        let query = FileQuery {
            page: page_of(limit),
            ..under("", None)
        };
        assert_eq!(listed(&store, &bucket, query).await, keys);
    }
}

/// `%` and `_` are characters like others.
pub async fn wildcards_in_a_prefix_are_literal(store: SharedStore) {
    let bucket = bucket_with(&store, &["%a", "_a", "\\a", "aa", "ba", "*a"]).await;
    for prefix in ["%", "_", "\\", "*"] {
        let found = listed(&store, &bucket, under(prefix, None)).await;
        assert_eq!(found, [format!("{prefix}a")]);
    }
}

/// Neither neighbours nor other buckets.
pub async fn a_list_by_prefix_shows_nothing_else(store: SharedStore) {
    let keys = ["a", "ab", "ab/", "ab/c", "ab/𐐨", "ab0", "aÿ", "b"];
    let keys: Vec<&str> = keys.into_iter().filter(|key| !key.ends_with('/')).collect();
    let bucket = bucket_with(&store, &keys).await;
    bucket_with(&store, &["ab/other"]).await;
    let found = listed(&store, &bucket, under("ab", None)).await;
    assert_eq!(found, ["ab", "ab/c", "ab/𐐨", "ab0"]);
    assert_eq!(
        listed(&store, &bucket, under("ab/", None)).await,
        ["ab/c", "ab/𐐨"]
    );
    assert_eq!(listed(&store, &bucket, under("a𐐨", None)).await, [""; 0]);
}

/// However many files it holds, and whatever the delimiter.
pub async fn a_delimiter_shows_each_folder_once(store: SharedStore) {
    let keys = [
        "a", "a-b", "a/1", "a/2", "a/b/3", "a0", "b/1", "c", "d/e/f", "é/1",
    ];
    let bucket = bucket_with(&store, &keys).await;
    let found = listed(&store, &bucket, under("", Some('/'))).await;
    assert_eq!(found, ["a", "a-b", ">a/", "a0", ">b/", "c", ">d/", ">é/"]);
    let found = listed(&store, &bucket, under("a/", Some('/'))).await;
    assert_eq!(found, ["a/1", "a/2", ">a/b/"]);
    let found = listed(&store, &bucket, under("a", Some('-'))).await;
    assert_eq!(found, ["a", ">a-", "a/1", "a/2", "a/b/3", "a0"]);
    let found = listed(&store, &bucket, under("", Some('é'))).await;
    assert_eq!(found[9], ">é");
}

/// Folders at the edges of pages, and folders larger than a page.
pub async fn paging_with_a_delimiter_shows_every_entry_exactly_once(store: SharedStore) {
    let mut keys = Vec::new();
    for folder in 0..12 {
        let files = [1, 3, 30][folder % 3];
        keys.extend((0..files).map(|n| format!("{folder:02}/{n:02}")));
        keys.push(format!("{folder:02}x"));
    }
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let bucket = bucket_with(&store, &keys).await;
    let expected: Vec<String> = (0..12)
        .flat_map(|n| [format!(">{n:02}/"), format!("{n:02}x")])
        .collect();
    for limit in [1, 2, 3, 5, 24, 25] {
        let query = FileQuery {
            page: page_of(limit),
            ..under("", Some('/'))
        };
        assert_eq!(listed(&store, &bucket, query).await, expected, "{limit} a page");
    }
}

/// Folders in which they have nothing are not theirs to know.
pub async fn a_list_for_an_owner_shows_their_files_only(store: SharedStore) {
    let bucket = bucket_with(&store, &["a", "b/1", "c/1"]).await;
    let owner = stored_user(&store).await.id;
    for key in ["b/2", "d"] {
        let own = File {
            owner: Some(owner),
            ..file(&bucket, key)
        };
        store_file(&store, own).await;
    }
    let query = FileQuery {
        owner: Some(owner),
        ..under("", Some('/'))
    };
    assert_eq!(listed(&store, &bucket, query).await, [">b/", "d"]);
}
