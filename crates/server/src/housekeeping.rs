//! Mainstay's own jobs: removing what has expired.

use std::{sync::Arc, time::Duration};

use mainstay_api::Services;
use mainstay_domain::{JobStatus, Timestamp};
use mainstay_repositories::Result;
use mainstay_services::{api_keys::ApiKeyService, mail::MAIL_JOB, storage::StorageService};

use crate::{
    Context,
    jobs::{Job, JobResult},
    wiring::ENROLMENT_TTL,
};

/// Rows removed by one statement; many small ones let requests through in between.
const BATCH: u32 = 500;
const HALF_A_MINUTE: Duration = Duration::from_secs(30);
const A_MINUTE: Duration = Duration::from_secs(60);
const OFTEN: Duration = Duration::from_secs(600);
/// How often the queue is measured.
const MEASURE: Duration = Duration::from_secs(15);
const SELDOM: Duration = Duration::from_secs(3600);

/// Ended sessions stay this long, so that a stolen refresh token is still recognised.
const KEEP_SESSIONS: Duration = Duration::from_secs(7 * 86_400);

/// Nobody uploads one part of a file for longer.
const KEEP_UPLOADS: Duration = Duration::from_secs(86_400);

/// How long it is told what came of a deletion of many files.
const KEEP_DELETIONS: Duration = Duration::from_secs(30 * 86_400);

/// A deletion of many files whose job was tried for so long goes on by no job any more.
const STALLED: Duration = Duration::from_secs(2 * 86_400);

/// What expires.
#[derive(Clone, Copy)]
enum Expired {
    Sessions,
    OneTimeTokens,
    IdempotencyRecords,
    Throttles,
    DoneJobs,
    DeadJobs,
    OfferedApps,
    FileDeletions,
}

/// Every job of Mainstay itself.
pub(crate) fn jobs(_: &Context) -> Vec<Job> {
    let purge = |name, every, what| Job::new(name, every, move |context| purge(what, context));
    vec![
        purge("purge_sessions", SELDOM, Expired::Sessions),
        purge("purge_one_time_tokens", SELDOM, Expired::OneTimeTokens),
        purge("purge_idempotency_records", OFTEN, Expired::IdempotencyRecords),
        purge("purge_throttles", OFTEN, Expired::Throttles),
        purge("purge_done_jobs", OFTEN, Expired::DoneJobs),
        purge("purge_dead_jobs", SELDOM, Expired::DeadJobs),
        Job::new("measure_mail_queue", MEASURE, measure_mails).in_every_process(),
        purge("purge_offered_apps", SELDOM, Expired::OfferedApps),
        purge("purge_file_deletions", SELDOM, Expired::FileDeletions),
        Job::new("fail_stalled_deletions", SELDOM, fail_stalled),
        Job::new("purge_deleted_users", SELDOM, purge_users),
        Job::new("tidy_objects", SELDOM, tidy_objects),
    ]
}

/// What removes octets that no file stands for, and what looks whether all others are there.
pub(crate) fn storage_jobs(services: &Services) -> Vec<Job> {
    let (storage, mended) = (Arc::clone(&services.storage), Arc::clone(&services.storage));
    vec![
        Job::new("sweep_files", OFTEN, move |_| sweep_files(Arc::clone(&storage))),
        Job::new("mend_files", SELDOM, move |_| mend_files(Arc::clone(&mended))),
    ]
}

async fn sweep_files(storage: Arc<StorageService>) -> JobResult {
    let swept = storage.sweep().await?;
    if swept.abandoned > 0 || swept.removed > 0 {
        tracing::info!(
            swept.abandoned,
            swept.removed,
            "octets without a file were removed"
        );
    }
    Ok(())
}

async fn mend_files(storage: Arc<StorageService>) -> JobResult {
    let mended = storage.mend().await?;
    if mended.strays > 0 {
        tracing::warn!(mended.strays, "octets that no row knew of were removed");
    }
    if mended.lost > 0 {
        tracing::error!(mended.lost, "octets of files are missing; see `storage sweep`");
    }
    Ok(())
}

/// What keeps the keys of this process in step with the database.
pub(crate) fn key_jobs(services: &Services) -> Vec<Job> {
    let (api_keys, signing_keys) = (Arc::clone(&services.api_keys), Arc::clone(&services.signing_keys));
    let expired = Arc::clone(&services.api_keys);
    vec![
        Job::new("reload_signing_keys", HALF_A_MINUTE, move |_| {
            let keys = Arc::clone(&signing_keys);
            async move { Ok(keys.reload().await?) }
        })
        .in_every_process(),
        Job::new("note_api_key_uses", A_MINUTE, move |_| {
            let keys = Arc::clone(&api_keys);
            async move {
                keys.note_uses().await?;
                Ok(())
            }
        })
        .in_every_process(),
        Job::new("purge_expired_api_keys", SELDOM, move |context| {
            purge_keys(Arc::clone(&expired), context)
        }),
    ]
}

/// Removes API keys that expired long ago.
async fn purge_keys(keys: Arc<ApiKeyService>, context: Context) -> JobResult {
    let removed = keys.purge_expired(context.clock.now()).await?;
    if removed > 0 {
        tracing::info!(removed, "API keys that expired long ago were removed");
    }
    Ok(())
}

/// Removes accounts whose grace period has ended, and all personal data with them.
async fn purge_users(context: Context) -> JobResult {
    let purged = context.privacy.purge(context.clock.now()).await?;
    if purged > 0 {
        tracing::info!(purged, "deleted accounts were removed");
    }
    Ok(())
}

/// Removes what uploads left in the object store that broke off long ago.
async fn tidy_objects(context: Context) -> JobResult {
    let removed = context.objects.tidy(context.clock.now() - KEEP_UPLOADS).await?;
    if removed > 0 {
        tracing::info!(removed, "remains of broken uploads were removed");
    }
    Ok(())
}

/// Removes batch after batch until nothing is left.
async fn purge(what: Expired, context: Context) -> JobResult {
    let before = limit(what, &context);
    let mut total = 0;
    loop {
        let removed = remove(what, &context, before).await?;
        total += removed;
        if removed < u64::from(BATCH) {
            break;
        }
    }
    if total > 0 {
        tracing::info!(removed = total, "expired rows were removed");
    }
    Ok(())
}

/// Tells whoever asked for a deletion that its job was given up without a word.
async fn fail_stalled(context: Context) -> JobResult {
    let (now, deletions) = (context.clock.now(), context.store.read().file_deletions());
    let failed = deletions.fail_stalled(now - STALLED, now).await?;
    if failed > 0 {
        tracing::warn!(failed, "deletions of many files stood still and were given up");
    }
    Ok(())
}

/// How many mails wait, since when, and how many were given up.
async fn measure_mails(context: Context) -> JobResult {
    let now = context.clock.now();
    let backlog = context.store.read().jobs().backlog(&MAIL_JOB, now).await?;
    let age = backlog.oldest.map_or(0, |oldest| (now - oldest).num_seconds());
    let gauge = |name, value: u64| {
        let value = u32::try_from(value).unwrap_or(u32::MAX);
        metrics::gauge!(name, "kind" => MAIL_JOB.to_string()).set(value);
    };
    gauge("mainstay_queued_jobs_due", backlog.due);
    gauge("mainstay_queued_jobs_dead", backlog.dead);
    gauge("mainstay_queued_jobs_oldest_seconds", age.unsigned_abs());
    Ok(())
}

/// What is older than this has expired.
fn limit(what: Expired, context: &Context) -> Timestamp {
    let now = context.clock.now();
    match what {
        Expired::Sessions => now - KEEP_SESSIONS,
        Expired::OneTimeTokens | Expired::IdempotencyRecords => now,
        Expired::DoneJobs => now - context.retention.periods().done_jobs,
        Expired::DeadJobs => now - context.retention.periods().dead_jobs,
        Expired::Throttles => now - context.retention.periods().throttles,
        Expired::OfferedApps => now - ENROLMENT_TTL,
        Expired::FileDeletions => now - KEEP_DELETIONS,
    }
}

async fn remove(what: Expired, context: &Context, before: Timestamp) -> Result<u64> {
    let data = context.store.read();
    match what {
        Expired::Sessions => data.sessions().purge(before, BATCH).await,
        Expired::OneTimeTokens => data.one_time_tokens().purge(before, BATCH).await,
        Expired::IdempotencyRecords => data.idempotency().purge(before, BATCH).await,
        Expired::Throttles => data.throttles().purge(before, BATCH).await,
        Expired::DoneJobs => data.jobs().purge(JobStatus::Done, before, BATCH).await,
        Expired::DeadJobs => data.jobs().purge(JobStatus::Dead, before, BATCH).await,
        Expired::FileDeletions => data.file_deletions().purge(before, BATCH).await,
        Expired::OfferedApps => data.totp_factors().purge_unconfirmed(before, BATCH).await,
    }
}
