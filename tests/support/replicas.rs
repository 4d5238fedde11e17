//! Two servers on one database.

use mainstay_testkit::{OwnDatabase, TestApp, TestDatabase, TestResponse};

use super::unserved::race;

/// Two servers that know of each other only by their database.
pub struct Replicas {
    pub here: TestApp,
    pub there: TestApp,
    // After the servers, so that it is dropped last.
    _database: OwnDatabase,
}

impl Replicas {
    /// Two servers with these settings on a fresh database; nothing if there is none of that
    /// kind, which is said on stderr.
    pub async fn on(kind: TestDatabase, settings: &[(&str, &str)]) -> Option<Self> {
        let database = kind.create().await?;
        let builder = || {
            let app = TestApp::with("database.url", database.url());
            settings
                .iter()
                .fold(app, |app, (key, value)| app.with(key, value))
        };
        Some(Self {
            here: builder().start().await,
            there: builder().start().await,
            _database: database,
        })
    }

    /// Sends eight requests at once, by turns to both, and gives back the answers.
    pub async fn race(&self, ask: impl AsyncFn(&TestApp, usize) -> TestResponse) -> Vec<TestResponse> {
        let apps = [&self.here, &self.there];
        race(8, async |number| ask(apps[number % 2], number).await).await
    }

    /// As [`race`](Self::race), and exactly one answer must be `won`, every other a problem that
    /// is `lost` by code.
    pub async fn race_for_one(
        &self,
        (won, lost): (u16, &[&str]),
        ask: impl AsyncFn(&TestApp, usize) -> TestResponse,
    ) -> TestResponse {
        let answers = self.race(ask).await;
        let told: Vec<_> = answers
            .iter()
            .map(|answer| (answer.status(), answer.text()))
            .collect();
        let (winners, losers): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.status() == won);
        assert_eq!(winners.len(), 1, "{told:?}");
        for loser in losers {
            let code = loser.json()["code"].as_str().unwrap_or_default().to_owned();
            assert!(lost.contains(&code.as_str()), "{told:?}");
        }
        winners.into_iter().next().expect("one")
    }
}
