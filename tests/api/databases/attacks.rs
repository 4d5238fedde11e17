//! Attacks on logins, limits and names, on every database. docs/security.md has the list.

use mainstay_testkit::{PASSWORD, TestApp, TestResponse};
use serde_json::{Value, json};

use crate::{
    auth::mfa::support::{begin, protected, verify},
    support::Replicas,
};

const NEW: &str = "an even better one, honestly";

async fn post(app: &TestApp, path: &str, body: Value) -> TestResponse {
    app.post(&format!("/api/v1/auth/{path}")).json(body).send().await
}

async fn log_in(app: &TestApp, name: &str, password: &str) -> TestResponse {
    post(app, "login", json!({ "email": name, "password": password })).await
}

async fn no_other_way_in_passes_a_second_factor_by(app: TestApp) {
    let ada = protected(&app, "ada@example.com").await;
    let asked = async |path: &str| {
        let body = json!({ "email": "ada@example.com" });
        let answer = post(&app, path, body).await.expect(202);
        (answer, app.mailbox().last_to("ada@example.com").await)
    };
    let half_open = |answer: TestResponse| {
        let answer = answer.expect(200);
        assert_eq!(answer.json()["mfa_required"], true);
        assert!(!answer.text().contains("access_token") && answer.header("set-cookie").is_none());
    };
    let (_, mail) = asked("code").await;
    half_open(post(&app, "sign-in-link", json!({ "token": mail.token() })).await);
    let (answer, mail) = asked("code").await;
    let handle = answer.json()["handle"].clone();
    let body = json!({ "email": "ada@example.com", "handle": handle, "code": mail.code() });
    half_open(post(&app, "code/verify", body).await);
    let (_, mail) = asked("forgot-password").await;
    let body = json!({ "token": mail.token(), "new_password": NEW });
    let reset = post(&app, "reset-password", body).await.expect(204);
    assert!(reset.text().is_empty() && reset.header("set-cookie").is_none());
    half_open(log_in(&app, "ada@example.com", NEW).await);
    // Nor did any of them take the factor away.
    let begun = log_in(&app, "ada@example.com", NEW).await.expect(200).json();
    let token = begun["mfa_token"].as_str().unwrap();
    verify(&app, token, "totp", &ada.app.wrong_code())
        .await
        .expect_problem(403, "WRONG_CODE");
    verify(&app, token, "totp", &ada.app.code()).await.expect(200);
}
on_every_database!(no_other_way_in_passes_a_second_factor_by);

async fn an_api_key_neither_passes_nor_touches_second_factors(app: TestApp) {
    let ada = protected(&app, "ada@example.com").await;
    let body = json!({ "name": "nightly report", "scopes": [] });
    let made = ada.user.post("/api/v1/auth/api-keys").json(body).await;
    let key = made.expect(201).json()["key"].as_str().unwrap().to_owned();
    let factor = format!("/api/v1/auth/mfa/factors/{}", ada.app.id);
    for request in [
        app.post("/api/v1/auth/mfa/totp").json(json!({})),
        app.post("/api/v1/auth/mfa/recovery-codes"),
        app.post("/api/v1/auth/reauthenticate")
            .json(json!({ "password": PASSWORD })),
        app.delete(&factor),
        app.post("/api/v1/auth/passkeys/registration/options"),
        app.post("/api/v1/auth/change-email")
            .json(json!({ "new_email": "e@example.org", "current_password": PASSWORD })),
    ] {
        let answer = request.bearer(&key).send().await;
        assert!([401, 403].contains(&answer.status()), "{}", answer.text());
    }
    begin(&app, "ada@example.com").await;
}
on_every_database!(an_api_key_neither_passes_nor_touches_second_factors);

async fn spellings_of_one_name_share_one_count(app: TestApp) {
    app.register("ada@example.com").await;
    let spellings = [
        "ada@example.com",
        "ADA@example.com",
        "Ada@EXAMPLE.COM",
        " ada@example.com ",
        "\tADA@Example.com",
        "aDa@eXaMpLe.CoM",
    ];
    let mut last = 0;
    for spelling in spellings {
        last = log_in(&app, spelling, "not the password").await.status();
    }
    assert_eq!(last, 429, "a spelling has a count of its own");
    log_in(&app, "ada@example.com", PASSWORD)
        .await
        .expect_problem(429, "TOO_MANY_REQUESTS");
    // And so do mails: three may be asked for.
    let mut statuses = Vec::new();
    for spelling in [
        "eve@example.com",
        "EVE@example.com",
        "Eve@Example.com",
        "evE@EXAMPLE.com",
    ] {
        let asked = post(&app, "forgot-password", json!({ "email": spelling })).await;
        statuses.push(asked.status());
    }
    assert_eq!(statuses, [202, 202, 202, 429]);
}
on_every_database!(
    spellings_of_one_name_share_one_count,
    "throttle.enabled" = "true",
    "throttle.base_delay" = "30s",
    "throttle.account_free_tries" = "5"
);

async fn guesses_at_codes_are_counted_whichever_replica_judges_them(replicas: Replicas) {
    let ada = protected(&replicas.here, "ada@example.com").await;
    let wrong = ada.app.wrong_code();
    let mut statuses = Vec::new();
    for number in 0..8 {
        let app = [&replicas.here, &replicas.there][number % 2];
        let token = begin(app, "ada@example.com").await;
        statuses.push(verify(app, &token, "totp", &wrong).await.status());
    }
    let judged = statuses.iter().filter(|status| **status == 403).count();
    assert_eq!(judged, 5, "{statuses:?}");
}
with_two_replicas!(
    guesses_at_codes_are_counted_whichever_replica_judges_them,
    "throttle.enabled" = "true",
    "throttle.base_delay" = "30s",
    "throttle.account_free_tries" = "1000",
    "throttle.second_factor_free_tries" = "5"
);

async fn guesses_at_passwords_are_counted_whichever_replica_judges_them(replicas: Replicas) {
    replicas.here.register("ada@example.com").await;
    let guess = async |app: &TestApp, number: usize| {
        log_in(app, "ada@example.com", &format!("a guess {number}")).await
    };
    let answers = replicas.race(guess).await;
    let judged = answers.iter().filter(|answer| answer.status() == 401).count();
    assert!(judged <= 3, "{judged} of 8 guesses were judged");
    let others: Vec<_> = answers.iter().map(TestResponse::status).collect();
    assert!(
        others.iter().all(|status| [401, 429].contains(status)),
        "{others:?}"
    );
}
with_two_replicas!(
    guesses_at_passwords_are_counted_whichever_replica_judges_them,
    "throttle.enabled" = "true",
    "throttle.base_delay" = "30s",
    "throttle.account_free_tries" = "3"
);

async fn names_that_look_alike_to_a_collation_are_other_people(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    // Accents, full width, dotless i: some databases take them for the same letter.
    for twin in [
        "\u{e0}da@example.com",
        "\u{ff41}da@example.com",
        "ad\u{e4}@example.com",
    ] {
        let before = app.mailbox().all_to("ada@example.com").await.len();
        log_in(&app, twin, PASSWORD)
            .await
            .expect_problem(401, "INVALID_CREDENTIALS");
        let asked = post(&app, "forgot-password", json!({ "email": twin })).await;
        assert!([202, 422].contains(&asked.status()), "{twin}: {}", asked.text());
        assert_eq!(
            app.mailbox().all_to("ada@example.com").await.len(),
            before,
            "{twin}"
        );
    }
    ada.get("/api/v1/users/me").await.expect(200);
    let body = json!({ "username": "kate" });
    ada.patch("/api/v1/users/me").json(body).await.expect(200);
    for twin in ["k\u{e4}te", "kat\u{e9}", "\u{212a}at\u{e9}"] {
        log_in(&app, twin, PASSWORD)
            .await
            .expect_problem(401, "INVALID_CREDENTIALS");
    }
}
on_every_database!(names_that_look_alike_to_a_collation_are_other_people);

async fn a_mail_goes_to_the_address_of_the_account_never_to_the_one_typed(app: TestApp) {
    app.register("kim@example.com").await;
    // U+212A, the Kelvin sign, is a K in lower case; U+0131, the dotless i, is an I in upper case.
    for typed in [
        "\u{212a}im@example.com",
        "k\u{131}m@example.com",
        "KIM@EXAMPLE.COM",
    ] {
        let asked = post(&app, "forgot-password", json!({ "email": typed })).await;
        assert!([202, 422].contains(&asked.status()), "{typed}");
    }
    for mail in app.mailbox().all().await {
        assert_eq!(mail.0.to.as_str(), "kim@example.com");
    }
}
on_every_database!(a_mail_goes_to_the_address_of_the_account_never_to_the_one_typed);

/// Texts that some database refuses, cuts or reads in its own way.
const ODD: [&str; 6] = [
    "a\u{0}b",
    "\u{0}",
    "\\",
    "' OR 1=1 -- ",
    "\u{1f98a}\u{202e}\u{feff}",
    "%_\"`;\r\n",
];

async fn text_that_a_database_cannot_hold_is_refused_and_breaks_nothing(app: TestApp) {
    let admin = app.admin().await;
    for odd in ODD {
        let address = format!("{odd}@example.com");
        let bodies = [
            ("register", json!({ "email": address, "password": PASSWORD })),
            (
                "register",
                json!({ "email": "odd@example.com", "password": format!("{odd} {PASSWORD}") }),
            ),
            ("login", json!({ "email": odd, "password": odd })),
            ("login", json!({ "email": "admin@example.com", "password": odd })),
            ("refresh", json!({ "refresh_token": odd })),
            ("verify-email", json!({ "token": odd })),
            (
                "reset-password",
                json!({ "token": odd, "new_password": PASSWORD }),
            ),
            (
                "code/verify",
                json!({ "email": "admin@example.com", "handle": odd, "code": odd }),
            ),
            (
                "mfa/verify",
                json!({ "mfa_token": odd, "method": "totp", "code": odd }),
            ),
            ("oauth/exchange", json!({ "code": odd, "verifier": odd })),
            (
                "setup",
                json!({ "token": odd, "email": "x@example.com", "password": PASSWORD }),
            ),
        ];
        for (path, body) in bodies {
            let status = post(&app, path, body).await.status();
            // A registration may well be in order: nobody's password is judged by its letters.
            let fine = path == "register" && status == 201 || (400..500).contains(&status);
            assert!(fine, "{path} with {odd:?}: {status}");
        }
        let search = reqwest::Url::parse_with_params("http://x/api/v1/users", [("q", odd)]).unwrap();
        let found = admin.get(&format!("{}?{}", search.path(), search.query().unwrap()));
        let status = found.await.status();
        assert!(status < 500, "a search for {odd:?}: {status}");
        for (path, body) in [
            ("/api/v1/auth/api-keys", json!({ "name": odd, "scopes": [] })),
            ("/api/v1/auth/mfa/totp", json!({ "name": odd })),
            ("/api/v1/roles", json!({ "name": odd, "permissions": [] })),
        ] {
            let status = admin.post(path).json(body).await.status();
            assert!(status < 500, "{path} with {odd:?}: {status}");
        }
        let name = admin
            .patch("/api/v1/users/me")
            .json(json!({ "first_name": odd }))
            .await;
        assert!(name.status() < 500, "a name {odd:?}: {}", name.text());
    }
    admin.get("/api/v1/users/me").await.expect(200);
}
on_every_database!(text_that_a_database_cannot_hold_is_refused_and_breaks_nothing);
