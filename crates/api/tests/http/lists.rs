//! Pages and cursors.

use actix_web::test::TestRequest;
use mainstay_api::extract::CursorKey;
use mainstay_domain::{Position, SortValue};
use uuid::Uuid;

use crate::support::{Answer, send};

async fn get(uri: &str) -> Answer {
    send(TestRequest::get().uri(uri)).await
}

#[actix_web::test]
async fn a_list_can_be_walked_to_its_end() {
    let first = get("/notes?limit=3").await.json();
    assert_eq!(first["data"].as_array().unwrap().len(), 3);
    assert_eq!(first["page"]["limit"], 3);
    let cursor = first["page"]["next_cursor"].as_str().unwrap();
    let last = get(&format!("/notes?cursor={cursor}&limit=3")).await.json();
    assert_eq!(last["data"][0]["id"], 4);
    assert!(last["page"]["next_cursor"].is_null());
    assert!(last["page"].get("total").is_none());
}

#[actix_web::test]
async fn a_cursor_works_only_for_its_list_and_filters() {
    let first = get("/notes?limit=1&tag=a&pinned=true").await.json();
    let cursor = first["page"]["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(
        get(&format!("/notes?pinned=true&tag=a&cursor={cursor}"))
            .await
            .status
            .as_u16(),
        200
    );
    for uri in [
        format!("/notes?cursor={cursor}"),
        format!("/notes?tag=b&pinned=true&cursor={cursor}"),
        format!("/others?tag=a&pinned=true&cursor={cursor}"),
        format!("/notes?tag=a&pinned=true&cursor={cursor}AAAA"),
        format!("/notes?tag=a&pinned=true&cursor={}", cursor.to_lowercase()),
        "/notes?cursor=".to_owned(),
        "/notes?cursor=%00".to_owned(),
        format!("/notes?cursor={}", "A".repeat(5000)),
    ] {
        assert_eq!(get(&uri).await.problem(), "INVALID_CURSOR", "{uri}");
    }
}

#[actix_web::test]
async fn query_parameters_that_cannot_be_used_are_refused() {
    let cases = [
        ("/notes?limit=0", "limit: OUT_OF_RANGE"),
        ("/notes?limit=101", "limit: OUT_OF_RANGE"),
        ("/notes?limit=x", "limit: INVALID_TYPE"),
        ("/notes?limit=1&limit=2", "limit: DUPLICATE_FIELD"),
        ("/notes?pinned=maybe", "pinned: INVALID_TYPE"),
        ("/notes?colour=red", "colour: UNKNOWN_FIELD"),
    ];
    for (uri, expected) in cases {
        let answer = get(uri).await;
        assert_eq!(answer.problem(), "VALIDATION_FAILED", "{uri}");
        assert_eq!(answer.fields(), [expected], "{uri}");
    }
}

#[test]
fn a_cursor_with_any_bit_changed_is_not_opened() {
    let key = CursorKey::new(b"secret");
    let position = Position {
        value: SortValue::Micros(-5),
        id: Uuid::from_u128(9),
    };
    let cursor = key.seal(&["list", "a"], &position);
    assert_eq!(key.open(&["list", "a"], &cursor), Some(position));
    assert_eq!(key.open(&["lista", ""], &cursor), None);
    assert_eq!(CursorKey::new(b"other").open(&["list", "a"], &cursor), None);
    for index in 0..cursor.len() {
        let mut changed = cursor.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(key.open(&["list", "a"], &changed), None, "character {index}");
    }
}
