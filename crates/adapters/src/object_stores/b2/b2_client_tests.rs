//! The client against a server that answers as Backblaze's documentation says.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use mainstay_services::ports::ObjectError;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{B2BucketType, B2Buckets, B2Client, B2LifecycleRule, B2Settings};
use crate::object_stores::cloud::{CloudKeys, RemoteBuckets};

/// What was asked: operation, `Authorization`, body.
type Asked = (String, String, Value);
/// Status, further header lines, body.
type Answer = (u16, &'static str, Value);

/// A server that gives out answers in order, and remembers what was asked.
struct FakeB2 {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl FakeB2 {
    /// Answers `b2_authorize_account` by itself, with a new token each time.
    async fn answering(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (seen, own) = (Arc::clone(&asked), url.clone());
        tokio::spawn(async move {
            let (mut answers, mut tokens) = (answers.into_iter(), 0);
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let request = read_request(&mut client).await;
                let answer = if request.0 == "b2_authorize_account" {
                    tokens += 1;
                    (200, "", authorized(&own, tokens))
                } else {
                    answers.next().expect("no answer is left")
                };
                seen.lock().unwrap().push(request);
                write_answer(&mut client, answer).await;
            }
        });
        Self { url, asked }
    }

    fn settings(&self) -> B2Settings {
        B2Settings {
            api_url: self.url.clone(),
            keys: CloudKeys {
                id: "0011aabbccddeeff0000000001".to_owned(),
                secret: "K001secret".to_owned(),
            },
            timeout: Duration::from_secs(2),
            retries: 2,
            insecure: true,
        }
    }

    fn client(&self) -> B2Client {
        B2Client::new(self.settings()).unwrap()
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn read_request(client: &mut TcpStream) -> Asked {
    let mut octets = Vec::new();
    let head_end = loop {
        let mut block = [0; 4096];
        let read = client.read(&mut block).await.unwrap();
        octets.extend_from_slice(&block[..read]);
        if let Some(end) = octets.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8(octets[..head_end].to_vec()).unwrap();
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
    };
    let length: usize = header("content-length").map_or(0, |length| length.parse().unwrap());
    while octets.len() < head_end + length {
        let mut block = [0; 4096];
        let read = client.read(&mut block).await.unwrap();
        octets.extend_from_slice(&block[..read]);
    }
    let path = head.split(' ').nth(1).unwrap();
    let operation = path.strip_prefix("/b2api/v3/").expect("version 3 of the API");
    let body = serde_json::from_slice(&octets[head_end..]).unwrap_or(Value::Null);
    (
        operation.to_owned(),
        header("authorization").unwrap_or_default(),
        body,
    )
}

async fn write_answer(client: &mut TcpStream, (status, headers, body): Answer) {
    let body = body.to_string();
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}Connection: close\r\n\r\n{body}"
    );
    client.write_all(answer.as_bytes()).await.unwrap();
}

fn authorized(url: &str, number: u32) -> Value {
    json!({
        "accountId": "account-1",
        "authorizationToken": format!("token-{number}"),
        "apiInfo": { "storageApi": {
            "apiUrl": url,
            "downloadUrl": "https://f001.example.com",
            "s3ApiUrl": "https://s3.eu-central-003.example.com",
            "recommendedPartSize": 100_000_000,
            "absoluteMinimumPartSize": 5_000_000,
            "bucketId": null,
            "bucketName": null,
            "capabilities": ["listBuckets", "writeBuckets"],
            "namePrefix": null,
            "infoType": "storageApi",
        } },
        "applicationKeyExpirationTimestamp": null,
    })
}

fn bucket(name: &str) -> Value {
    json!({
        "accountId": "account-1",
        "bucketId": "bucket-1",
        "bucketName": name,
        "bucketType": "allPrivate",
        "bucketInfo": {},
        "corsRules": [],
        "lifecycleRules": [{
            "fileNamePrefix": "",
            "daysFromHidingToDeleting": 1,
            "daysFromUploadingToHiding": null,
            "daysFromStartingToCancelingUnfinishedLargeFiles": 1,
        }],
        "options": ["s3"],
        "revision": 1,
    })
}

fn refusal(status: u16, code: &str) -> Answer {
    let body = json!({ "status": status, "code": code, "message": "as documented" });
    (status, "", body)
}

#[tokio::test]
async fn buckets_are_made_private_and_with_a_rule_that_removes_what_was_deleted() {
    let fake = FakeB2::answering(vec![(200, "", bucket("reports"))]).await;
    let (client, rules) = (fake.client(), [B2LifecycleRule::tidy()]);
    let made = client.create_bucket("reports", B2BucketType::Private, &rules);
    let made = made.await.unwrap();
    assert_eq!(
        (made.bucket_id.as_str(), made.bucket_type),
        ("bucket-1", B2BucketType::Private)
    );
    assert_eq!(made.lifecycle_rules, [B2LifecycleRule::tidy()]);
    let asked = fake.asked();
    let pair = BASE64_STANDARD.encode("0011aabbccddeeff0000000001:K001secret");
    assert_eq!(asked[0].1, format!("Basic {pair}"));
    assert_eq!(
        (asked[1].0.as_str(), asked[1].1.as_str()),
        ("b2_create_bucket", "token-1")
    );
    assert_eq!(
        asked[1].2,
        json!({
            "accountId": "account-1",
            "bucketName": "reports",
            "bucketType": "allPrivate",
            "lifecycleRules": [{
                "fileNamePrefix": "",
                "daysFromHidingToDeleting": 1,
                "daysFromUploadingToHiding": null,
                "daysFromStartingToCancelingUnfinishedLargeFiles": 1,
            }],
        })
    );
}

#[tokio::test]
async fn a_token_that_expired_is_renewed_once_and_the_call_repeated() {
    let expired = || refusal(401, "expired_auth_token");
    let fake = FakeB2::answering(vec![
        expired(),
        (200, "", json!({ "buckets": [] })),
        expired(),
        expired(),
    ])
    .await;
    let client = fake.client();
    assert_eq!(client.list_buckets(None).await, Ok(Vec::new()));
    let tokens: Vec<String> = fake.asked().into_iter().map(|(_, token, _)| token).collect();
    assert_eq!(tokens[1..].iter().filter(|token| *token == "token-1").count(), 1);
    assert_eq!(tokens.last().unwrap(), "token-2");
    // A key that is refused again and again is no reason to go on forever.
    assert!(matches!(
        client.list_buckets(None).await,
        Err(ObjectError::Refused(_))
    ));
}

#[tokio::test]
async fn a_busy_server_is_asked_again_after_as_long_as_it_says() {
    let busy = (
        503,
        "Retry-After: 1\r\n",
        json!({ "status": 503, "code": "service_unavailable", "message": "" }),
    );
    let fake = FakeB2::answering(vec![busy, (200, "", json!({ "buckets": [bucket("reports")] }))]).await;
    let begun = Instant::now();
    let listed = fake.client().list_buckets(Some("reports")).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(listed[0].bucket_name, "reports");
    assert_eq!(
        fake.asked()[1].2,
        json!({ "accountId": "account-1", "bucketName": "reports" })
    );
}

#[tokio::test]
async fn a_server_that_stays_busy_is_given_up_after_some_tries() {
    let busy = || refusal(503, "service_unavailable");
    let fake = FakeB2::answering(vec![busy(), busy(), busy(), busy()]).await;
    let listed = fake.client().list_buckets(None).await;
    assert!(matches!(listed, Err(ObjectError::Unavailable(_))), "{listed:?}");
    assert_eq!(fake.asked().len(), 1 + 3);
}

#[tokio::test]
async fn a_bucket_with_files_in_it_is_told_from_other_refusals() {
    let listed = (200, "", json!({ "buckets": [bucket("reports")] }));
    let none = (200, "", json!({ "buckets": [] }));
    let answers = vec![
        listed,
        refusal(400, "cannot_delete_non_empty_bucket"),
        none,
        refusal(403, "cap_exceeded"),
        refusal(401, "unauthorized"),
    ];
    let fake = FakeB2::answering(answers).await;
    let buckets = B2Buckets::new(fake.settings()).unwrap();
    assert_eq!(buckets.delete("reports").await, Err(ObjectError::NotEmpty));
    assert_eq!(buckets.delete("gone").await, Ok(()));
    assert!(matches!(buckets.create("more").await, Err(ObjectError::Full(_))));
    assert!(matches!(
        buckets.create("more").await,
        Err(ObjectError::Refused(_))
    ));
    assert_eq!(
        fake.asked()[2].2,
        json!({ "accountId": "account-1", "bucketId": "bucket-1" })
    );
}

#[tokio::test]
async fn a_name_that_is_taken_is_ours_or_somebody_elses() {
    let taken = || refusal(400, "duplicate_bucket_name");
    let listed = (200, "", json!({ "buckets": [bucket("reports")] }));
    let none = (200, "", json!({ "buckets": [] }));
    let fake = FakeB2::answering(vec![taken(), listed, taken(), none]).await;
    let buckets = B2Buckets::new(fake.settings()).unwrap();
    assert_eq!(buckets.create("reports").await, Ok(()));
    assert!(matches!(
        buckets.create("photos").await,
        Err(ObjectError::Refused(_))
    ));
}

#[tokio::test]
async fn rules_are_changed_and_downloads_authorized_as_documented() {
    let token =
        json!({ "authorizationToken": "download-1", "bucketId": "bucket-1", "fileNamePrefix": "2026/" });
    let fake = FakeB2::answering(vec![(200, "", bucket("reports")), (200, "", token)]).await;
    let client = fake.client();
    client
        .update_bucket("bucket-1", Some(B2BucketType::Public), Some(&[]))
        .await
        .unwrap();
    let lasts = Duration::from_secs(3600);
    let authorized = client
        .download_authorization("bucket-1", "2026/", lasts, Some("attachment"))
        .await;
    assert_eq!(authorized.unwrap(), "download-1");
    assert_eq!(client.authorize().await.unwrap(), "https://f001.example.com");
    let asked = fake.asked();
    assert_eq!(
        (asked[1].0.as_str(), &asked[1].2),
        (
            "b2_update_bucket",
            &json!({ "accountId": "account-1", "bucketId": "bucket-1", "bucketType": "allPublic", "lifecycleRules": [] })
        )
    );
    assert_eq!(
        asked[2].2,
        json!({
            "accountId": "account-1",
            "bucketId": "bucket-1",
            "fileNamePrefix": "2026/",
            "validDurationInSeconds": 3600,
            "b2ContentDisposition": "attachment",
        })
    );
}

#[tokio::test]
async fn neither_key_nor_token_stands_in_an_error() {
    let fake = FakeB2::answering(vec![refusal(400, "bad_request")]).await;
    let error = fake.client().list_buckets(None).await.unwrap_err().to_string();
    let gone = B2Settings {
        api_url: "http://127.0.0.1:1".to_owned(),
        retries: 0,
        ..fake.settings()
    };
    let unreachable = B2Client::new(gone)
        .unwrap()
        .list_buckets(None)
        .await
        .unwrap_err()
        .to_string();
    for text in [error, unreachable] {
        assert!(
            !text.contains("K001") && !text.contains("token-1") && !text.contains("127.0.0.1"),
            "{text}"
        );
    }
}
