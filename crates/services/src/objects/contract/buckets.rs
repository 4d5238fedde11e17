//! Buckets.

use std::sync::Arc;

use super::fixture::{Fixture, bucket_name};
use crate::ports::{ObjectError, ObjectStore};

/// Whoever repeats a call that was broken off is not told of an error.
pub async fn making_or_removing_a_bucket_twice_is_no_error(store: Arc<dyn ObjectStore>) {
    let name = bucket_name();
    store.create_bucket(&name).await.unwrap();
    store.create_bucket(&name).await.unwrap();
    store.delete_bucket(&name).await.unwrap();
    store.delete_bucket(&name).await.unwrap();
}

/// Nobody loses files by removing a bucket.
pub async fn a_bucket_with_an_object_in_it_is_not_removed(store: Arc<dyn ObjectStore>) {
    let fixture = Fixture::new(store).await;
    fixture.write("one", "1").await.unwrap();
    let removed = fixture.store.delete_bucket(&fixture.bucket).await;
    assert_eq!(removed, Err(ObjectError::NotEmpty));
    assert_eq!(fixture.read("one", None).await.unwrap(), "1");
    fixture.clean_up().await;
}

/// One key in two buckets is two objects.
pub async fn objects_of_one_bucket_are_not_in_another(store: Arc<dyn ObjectStore>) {
    let here = Fixture::new(Arc::clone(&store)).await;
    let there = Fixture::new(store).await;
    here.write("one", "here").await.unwrap();
    there.write("one", "there").await.unwrap();
    here.delete("one").await;
    assert_eq!(there.read("one", None).await.unwrap(), "there");
    assert_eq!(here.read("one", None).await, Err(ObjectError::NotFound));
    here.clean_up().await;
    there.clean_up().await;
}
