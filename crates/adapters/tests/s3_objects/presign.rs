//! URLs that the store itself answers.

use std::{sync::Arc, time::Duration};

use mainstay_services::ports::{ObjectStore, Presign, PresignedMethod};
use reqwest::{Client, StatusCode};

use crate::server::{S3Server, bucket, key, pattern, store, write};

fn presign(method: PresignedMethod) -> Presign {
    Presign {
        method,
        lasts: Duration::from_secs(60),
        content_type: None,
        content_disposition: None,
    }
}

async fn url(store: &Arc<dyn ObjectStore>, presign: &Presign) -> String {
    let url = store.presign(&bucket(), &key(), presign).await.unwrap();
    url.expect("S3 signs URLs")
}

#[tokio::test]
async fn whoever_has_a_url_reads_the_object_and_changes_nothing_of_it() {
    let server = S3Server::start().await;
    let store = store(server.own_buckets());
    store.create_bucket(&bucket()).await.unwrap();
    write(&store, pattern(100_000)).await.unwrap();
    let get = Presign {
        content_type: Some("application/pdf".to_owned()),
        content_disposition: Some("attachment; filename=\"q3; final.pdf\"".to_owned()),
        ..presign(PresignedMethod::Get)
    };
    let url = url(&store, &get).await;
    assert!(url.contains("response-content-disposition=attachment"), "{url}");
    let client = Client::new();
    let answer = client.get(&url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.bytes().await.unwrap() == pattern(100_000));
    let changes = [
        client.get(url.replace("attachment", "inline")),
        client.get(url.replace("reports", "secrets")),
        client.get(url.replace("X-Amz-Expires=60", "X-Amz-Expires=6000")),
        client.put(&url).body("other"),
        client.delete(&url),
    ];
    for changed in changes {
        let answer = changed.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{}", answer.url());
    }
}

#[tokio::test]
async fn whoever_has_a_url_to_write_writes_just_that_object() {
    let server = S3Server::start().await;
    let store = store(server.prefixes());
    let put = Presign {
        content_type: Some("text/plain".to_owned()),
        ..presign(PresignedMethod::Put)
    };
    let url = url(&store, &put).await;
    let client = Client::new();
    let send = |content_type: &str| {
        client
            .put(&url)
            .header("content-type", content_type)
            .body("hello")
    };
    assert_eq!(
        send("text/html").send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(send("text/plain").send().await.unwrap().status(), StatusCode::OK);
    let head = store.head(&bucket(), &key()).await.unwrap().unwrap();
    assert_eq!(head.size, 5);
}

#[tokio::test]
async fn a_url_is_worthless_once_its_time_is_over() {
    let server = S3Server::start().await;
    let store = store(server.own_buckets());
    store.create_bucket(&bucket()).await.unwrap();
    write(&store, b"octets".to_vec()).await.unwrap();
    let get = Presign {
        lasts: Duration::from_secs(1),
        ..presign(PresignedMethod::Get)
    };
    let url = url(&store, &get).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let answer = Client::new().get(url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}
