//! Events of a product's own kinds, among Mainstay's.

use mainstay_server::{
    domain::{AuditEvent, AuditKind, Origin},
    services::audit,
};
use mainstay_testkit::TestApp;
use serde_json::Value;

const SHARED: AuditKind = AuditKind::product("note.shared");
/// Of a release that is no longer.
const FORGOTTEN: AuditKind = AuditKind::product("note.burnt");

const EVENTS: &str = "/api/v1/audit-events";

async fn app() -> TestApp {
    let product = TestApp::builder().product(|server| server.audit_kinds([SHARED]));
    let app = product.start().await;
    let context = app.context();
    for kind in [SHARED, FORGOTTEN] {
        let event = AuditEvent {
            detail: Some("Groceries".to_owned()),
            ..audit::event(&*context.entropy, context.clock.now(), kind, &Origin::default())
        };
        context.store.read().audit_events().append(&event).await.unwrap();
    }
    app
}

fn count(list: &Value, kind: &str) -> usize {
    let events = list["data"].as_array().unwrap();
    events.iter().filter(|event| event["kind"] == kind).count()
}

#[tokio::test]
async fn a_products_kinds_are_kept_listed_and_asked_for_like_mainstays() {
    let app = app().await;
    let admin = app.admin().await;
    let list = async |query: &str| {
        let path = format!("{EVENTS}{query}");
        app.get(&path).bearer(&admin.access_token).send().await
    };
    let all = list("").await.expect(200).json();
    assert_eq!((count(&all, "note.shared"), count(&all, "note.burnt")), (1, 1));
    let shared = list("?kind=note.shared").await.expect(200).json();
    assert_eq!(shared["data"].as_array().unwrap().len(), 1);
    assert_eq!(shared["data"][0]["detail"], "Groceries");
    for unknown in ["note.burnt", "note.shard", "Note.shared"] {
        let refused = list(&format!("?kind={unknown}")).await;
        refused.expect_invalid(&[("kind", "INVALID_AUDIT_KIND")]);
    }
}

#[tokio::test]
async fn the_description_of_the_api_names_a_products_kinds_too() {
    let app = app().await;
    let document = app.get("/openapi.json").send().await.expect(200).json();
    let parameters = document["paths"][EVENTS]["get"]["parameters"].as_array().unwrap();
    let kind = parameters.iter().find(|parameter| parameter["name"] == "kind");
    let names = kind.unwrap()["schema"]["enum"].as_array().unwrap();
    assert!(names.contains(&"user.created".into()) && names.contains(&"note.shared".into()));
}
