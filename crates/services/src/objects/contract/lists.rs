//! Lists.

use std::{collections::BTreeSet, sync::Arc};

use super::fixture::{Fixture, key};
use crate::ports::ObjectStore;

/// Page by page, every object is listed once.
pub async fn a_list_goes_on_behind_a_key_until_nothing_is_left(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    let long = "L".repeat(80);
    let names: BTreeSet<String> = (0..23)
        .map(|n| format!("object-{n}"))
        .chain(["z".to_owned(), "folder/in it".to_owned(), long])
        .collect();
    for name in &names {
        fixture.write(name, name.clone()).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = fixture.store.list(&fixture.bucket, after.as_ref(), 10).await;
        let page = page.unwrap();
        assert!(page.len() <= 10);
        let Some(last) = page.last() else { break };
        after = Some(last.key.clone());
        for object in page {
            assert_eq!(object.size, object.key.as_str().len() as u64);
            seen.push(object.key.as_str().to_owned());
        }
    }
    assert_eq!(seen.len(), names.len(), "some were listed twice or not at all");
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), names);
    fixture.clean_up().await;
}

/// Nothing is no error.
pub async fn an_empty_bucket_has_an_empty_list(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    let listed = fixture.store.list(&fixture.bucket, None, 10).await;
    assert_eq!(listed, Ok(Vec::new()));
    let behind = fixture.store.list(&fixture.bucket, Some(&key("a")), 10).await;
    assert_eq!(behind, Ok(Vec::new()));
    fixture.clean_up().await;
}
