//! Jobs that are due again and again: however many processes there are, one does them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use mainstay_server::{
    Job, RunningWorker, ServerBuilder,
    config::{Config, Sources},
    domain::{JobLease, NewSchedule, Schedule, ScheduleClaim},
};
use mainstay_testkit::TestDatabase;
use tokio::sync::{Semaphore, mpsc};

/// However slow the machine is today.
const PATIENCE: Duration = Duration::from_secs(60);
const RHYTHM: Duration = Duration::from_millis(200);

fn builder(url: &str, lease: &str) -> ServerBuilder {
    let sources = Sources::none()
        .variable("DATABASE_URL", url)
        .variable("MAINSTAY_JOBS__LEASE", lease)
        .variable("MAINSTAY_MAIL__TIMEOUT", "1s")
        .variable("MAINSTAY_STORAGE__BACKEND", "memory")
        .variable("MAINSTAY_SERVER__WORKERS", "1")
        .variable("SECRET_KEY", "only for tests: thirty-two bytes and then some");
    ServerBuilder::new(Config::load(&sources).unwrap())
}

/// What all processes of a test do together.
#[derive(Default)]
struct Ledger {
    runs: AtomicU32,
    at_once: AtomicU32,
    collisions: AtomicU32,
}

impl Ledger {
    async fn write(&self) {
        if self.at_once.fetch_add(1, Ordering::SeqCst) > 0 {
            self.collisions.fetch_add(1, Ordering::SeqCst);
        }
        tokio::time::sleep(RHYTHM / 10).await;
        self.runs.fetch_add(1, Ordering::SeqCst);
        self.at_once.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn start(url: &str, ledger: &Arc<Ledger>) -> RunningWorker {
    let ledger = Arc::clone(ledger);
    let builder = builder(url, "5m").jobs(move |_| {
        let ledger = Arc::clone(&ledger);
        vec![Job::new("ledger.write", RHYTHM, move |_| {
            let ledger = Arc::clone(&ledger);
            async move {
                ledger.write().await;
                Ok(())
            }
        })]
    });
    builder.start_worker().await.unwrap()
}

async fn each_due_time_has_one_run_however_many_replicas_there_are(url: &str) {
    let (begun, ledger) = (Instant::now(), Arc::new(Ledger::default()));
    let mut replicas = Vec::new();
    for _ in 0..4 {
        replicas.push(start(url, &ledger).await);
    }
    while ledger.runs.load(Ordering::SeqCst) < 10 {
        assert!(begun.elapsed() < PATIENCE, "the job is not done");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for replica in replicas {
        replica.stop().await.unwrap();
    }
    let runs = ledger.runs.load(Ordering::SeqCst);
    let due_times = begun.elapsed().as_millis() / RHYTHM.as_millis() + 1;
    assert!(
        u128::from(runs) <= due_times,
        "{runs} runs for {due_times} due times"
    );
    assert_eq!(ledger.collisions.load(Ordering::SeqCst), 0);
}

/// The hourly job as soon as `wanted` is true of it.
async fn until(worker: &RunningWorker, wanted: impl Fn(&Schedule) -> bool) -> Schedule {
    let schedules = worker.context().store.read().schedules();
    let found = async {
        loop {
            let found = schedules.list(&["ledger.hourly".to_owned()]).await.unwrap();
            if let Some(schedule) = found.into_iter().find(&wanted) {
                break schedule;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, found).await.unwrap()
}

/// The plan has the hourly job begin within a minute: no test waits so long.
async fn make_due(worker: &RunningWorker) {
    let planned = until(worker, |_| true).await;
    if planned.lease.is_some() {
        return; // It was due by chance already.
    }
    let now = worker.context().clock.now();
    let claim = ScheduleClaim {
        name: planned.name.clone(),
        now: planned.wake_at,
        lease: JobLease {
            id: worker.context().entropy.id(now),
            until: planned.wake_at + PATIENCE,
        },
    };
    let due_now = NewSchedule {
        name: planned.name,
        plan: planned.plan,
        due_at: now,
    };
    let schedules = worker.context().store.read().schedules();
    if schedules.claim(&claim).await.unwrap().is_some() {
        assert!(schedules.finish(&claim.lease, &due_now).await.unwrap());
    }
}

/// A worker whose run tells that it began, and ends unless the worker is to die at it.
async fn telling(url: &str, lease: &str, dies: bool) -> (RunningWorker, mpsc::UnboundedReceiver<()>) {
    let (began, begins) = mpsc::unbounded_channel();
    let builder = builder(url, lease).jobs(move |_| {
        let began = began.clone();
        vec![Job::new("ledger.hourly", Duration::from_secs(3600), move |_| {
            let began = began.clone();
            async move {
                began.send(())?;
                if dies {
                    std::future::pending::<()>().await;
                }
                Ok(())
            }
        })]
    });
    (builder.start_worker().await.unwrap(), begins)
}

async fn a_due_time_whose_claimer_dies_is_taken_over_and_run_to_its_end_once(url: &str) {
    let (dying, mut begins) = telling(url, "2s", true).await;
    make_due(&dying).await;
    tokio::time::timeout(PATIENCE, begins.recv())
        .await
        .unwrap()
        .unwrap();
    // Nobody says goodbye, and its database connections go with it.
    drop(dying);

    let (heir, mut begins) = telling(url, "5m", false).await;
    let (other, mut others) = telling(url, "5m", false).await;
    let begun = tokio::time::timeout(PATIENCE, async {
        tokio::select! {
            begun = begins.recv() => begun,
            begun = others.recv() => begun,
        }
    });
    begun.await.unwrap().unwrap();
    let schedule = until(&heir, |schedule| schedule.lease.is_none()).await;
    assert!(
        schedule.due_at > heir.context().clock.now(),
        "it is due in an hour"
    );
    for replica in [heir, other] {
        replica.stop().await.unwrap();
    }
    assert!(begins.try_recv().is_err() && others.try_recv().is_err());
}

/// A worker with a job that waits, if it is told to, before it ends.
async fn waiting(url: &str, every: Duration, gate: &Arc<Semaphore>) -> RunningWorker {
    let gate = Arc::clone(gate);
    let builder = builder(url, "5m").jobs(move |_| {
        let gate = Arc::clone(&gate);
        vec![Job::new("ledger.hourly", every, move |_| {
            let gate = Arc::clone(&gate);
            async move {
                let _open = gate.acquire().await?;
                Ok(())
            }
        })]
    });
    builder.start_worker().await.unwrap()
}

async fn a_plan_that_changes_while_the_job_runs_counts_when_the_run_is_over(url: &str) {
    let hour = Duration::from_secs(3600);
    let gate = Arc::new(Semaphore::new(0));
    let old = waiting(url, hour, &gate).await;
    make_due(&old).await;
    until(&old, |schedule| schedule.lease.is_some()).await;
    let new = waiting(url, hour * 2, &gate).await;
    gate.add_permits(1);
    let by_the_new_plan = |schedule: &Schedule| schedule.plan == "every 7200s" && schedule.lease.is_none();
    until(&new, by_the_new_plan).await;
    // Whoever is of the old release lets it be.
    old.stop().await.unwrap();
    until(&new, by_the_new_plan).await;
    new.stop().await.unwrap();
}

/// A test of a function over the URL of a fresh database, on each kind.
macro_rules! on_each {
    ($test:ident) => {
        mod $test {
            use super::TestDatabase;

            async fn run(database: TestDatabase) {
                if let Some(database) = database.create().await {
                    super::$test(database.url()).await;
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

on_each!(each_due_time_has_one_run_however_many_replicas_there_are);
on_each!(a_due_time_whose_claimer_dies_is_taken_over_and_run_to_its_end_once);
on_each!(a_plan_that_changes_while_the_job_runs_counts_when_the_run_is_over);

#[tokio::test]
async fn a_job_whose_name_the_database_could_not_keep_is_refused_at_the_start() {
    for (names, reason) in [
        (vec!["n".repeat(65)], "64 octets"),
        (
            vec!["twice".to_owned(), "twice".to_owned()],
            "two jobs are called",
        ),
    ] {
        let names: Vec<&'static str> = names.into_iter().map(|name| &*name.leak()).collect();
        let builder = builder("sqlite::memory:", "5m").jobs(move |_| {
            let job = |name: &&'static str| Job::new(name, RHYTHM, |_| async { Ok(()) });
            names.iter().map(job).collect()
        });
        let refused = builder.start_worker().await.err().unwrap();
        assert!(refused.to_string().contains(reason), "{refused}");
    }
}
