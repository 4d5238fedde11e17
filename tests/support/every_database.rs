//! One test on every kind of database.

/// Makes a module of the same name as an `async fn(TestApp)`, with a test of it on each kind of
/// database; settings may follow as key and value.
macro_rules! on_every_database {
    ($test:ident $(, $key:literal = $value:literal)*) => {
        mod $test {
            use mainstay_testkit::{TestApp, TestDatabase};

            async fn run(database: TestDatabase) {
                let builder = TestApp::on(database)$(.with($key, $value))*;
                if let Some(app) = builder.start_or_skip().await {
                    super::$test(app).await;
                }
            }

            #[tokio::test]
            async fn on_sqlite() {
                run(TestDatabase::Sqlite).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                run(TestDatabase::Postgres).await;
            }

            #[tokio::test]
            async fn on_mysql() {
                run(TestDatabase::MySql).await;
            }
        }
    };
}

/// The same with two servers on one database: of an `async fn(Replicas)`.
macro_rules! with_two_replicas {
    ($test:ident $(, $key:literal = $value:literal)*) => {
        mod $test {
            use mainstay_testkit::TestDatabase;

            async fn run(database: TestDatabase) {
                let settings = [$(($key, $value)),*];
                if let Some(replicas) = crate::support::Replicas::on(database, &settings).await {
                    super::$test(replicas).await;
                }
            }

            #[tokio::test]
            async fn on_sqlite() {
                run(TestDatabase::Sqlite).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                run(TestDatabase::Postgres).await;
            }

            #[tokio::test]
            async fn on_mysql() {
                run(TestDatabase::MySql).await;
            }
        }
    };
}
