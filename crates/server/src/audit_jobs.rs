//! Jobs around the audit log: sealing, anchoring, pruning.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use mainstay_services::audit::{ChainError, PruneRule};

use crate::{
    Context,
    jobs::{Job, JobResult},
};

const HOUR: Duration = Duration::from_secs(3600);
/// A chain that cannot be sealed stays so until somebody acts; every second would be too often
/// to say it.
const SAY_AGAIN: i64 = 300;

/// Every job around the audit log.
pub(crate) fn jobs(context: &Context) -> Vec<Job> {
    let audit = &context.config.audit;
    let said_at = Arc::new(AtomicI64::new(0));
    vec![
        Job::new("seal_audit_log", audit.seal_every, move |context| {
            seal(context, Arc::clone(&said_at))
        })
        .in_every_process(),
        // Whoever can write the database must not be able to put it off.
        Job::new("anchor_audit_log", audit.anchor_every, anchor).in_every_process(),
        Job::new("prune_audit_log", HOUR, prune),
    ]
}

async fn seal(context: Context, said_at: Arc<AtomicI64>) -> JobResult {
    match context.audit_chain.seal().await {
        Ok(_) => {}
        Err(error @ ChainError::Failure(_)) => return Err(error.into()),
        Err(error) => {
            let now = context.clock.now().timestamp();
            if now - said_at.load(Ordering::Relaxed) >= SAY_AGAIN {
                said_at.store(now, Ordering::Relaxed);
                tracing::error!(%error, "audit events cannot be sealed");
            }
        }
    }
    Ok(())
}

/// The end of the chain in the log, where whoever can write the database cannot reach it.
async fn anchor(context: Context) -> JobResult {
    let end = context.audit_chain.head().await?.sealed;
    if end.seq > 0 {
        let hash: String = end.hash.iter().map(|octet| format!("{octet:02x}")).collect();
        tracing::info!(
            anchor = format!("{}:{hash}", end.seq),
            "the end of the audit log's chain"
        );
    }
    Ok(())
}

async fn prune(context: Context) -> JobResult {
    let periods = context.retention.periods();
    if periods.audit.is_zero() {
        return Ok(());
    }
    let rule = PruneRule {
        before: context.clock.now() - periods.audit,
        only_exported: periods.only_exported,
    };
    let removed = context.audit_chain.prune(rule).await?;
    if removed > 0 {
        tracing::info!(removed, "audit events were removed after their retention");
    }
    Ok(())
}
