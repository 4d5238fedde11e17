//! Looking at everything that the database and the object store know, for operators.

use mainstay_domain::FileId;

use super::{LostFile, StorageError, StorageService, Swept};

/// Objects of one list.
const LIST: usize = 1_000;
/// Files looked at in one go.
const FILES: u32 = 500;
/// Lost files that the report names.
const NAMED: usize = 100;

/// What a sweep may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepOptions {
    /// Only tell what it would do.
    pub dry_run: bool,
    /// Remove the files whose octets are missing.
    pub remove_lost: bool,
}

/// What a sweep found, and did unless it was only to tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SweepReport {
    /// Uploads that broke off, and octets that no file stood for any more.
    pub swept: Swept,
    /// Objects that were looked at.
    pub objects: u64,
    /// Those of them that no row knew of.
    pub strays: u64,
    /// How many octets those had.
    pub stray_octets: u64,
    /// Files that were looked at.
    pub files: u64,
    /// Those of them whose octets are missing.
    pub lost: u64,
    /// The first hundred of those.
    pub lost_files: Vec<LostFile>,
    /// Lost files that were removed.
    pub lost_removed: u64,
}

impl SweepReport {
    /// Whether every file has its octets now.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.lost == self.lost_removed
    }
}

impl StorageService {
    /// Looks at every object and every file. Removes what no file stands for and what no row knows of;
    /// files whose octets are missing only if that is wanted and some file has its octets: a store
    /// in which there is nothing at all is another one, or not there.
    ///
    /// # Errors
    /// `Failure`; what could be removed is.
    #[tracing::instrument(name = "storage.sweep_all", skip_all)]
    pub async fn sweep_all(&self, options: SweepOptions) -> Result<SweepReport, StorageError> {
        let swept = match options.dry_run {
            true => self.would_sweep().await?,
            false => self.sweep_blobs(true).await?,
        };
        let mut report = SweepReport {
            swept,
            ..SweepReport::default()
        };
        self.sweep_strays(&mut report, options.dry_run).await?;
        self.find_lost(&mut report).await?;
        if options.remove_lost && !options.dry_run && report.lost < report.files {
            report.lost_removed = self.remove_lost().await?;
        }
        Ok(report)
    }

    async fn sweep_strays(&self, report: &mut SweepReport, dry_run: bool) -> Result<(), StorageError> {
        for bucket in self.own_buckets().await? {
            let mut after = None;
            loop {
                let page = self.stray_objects(&bucket, after.as_ref(), LIST).await?;
                report.objects += page.seen as u64;
                for stray in &page.strays {
                    if !dry_run {
                        self.ports.objects.delete(&bucket, &stray.key).await?;
                    }
                    report.strays += 1;
                    report.stray_octets += stray.size;
                }
                after = page.last;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn find_lost(&self, report: &mut SweepReport) -> Result<(), StorageError> {
        let mut after: Option<FileId> = None;
        loop {
            let page = self.lost_files(after, FILES).await?;
            report.files += page.checked;
            report.lost += page.lost.len() as u64;
            let room = NAMED.saturating_sub(report.lost_files.len());
            report.lost_files.extend(page.lost.into_iter().take(room));
            after = page.last;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Asks the store once more for every file.
    async fn remove_lost(&self) -> Result<u64, StorageError> {
        let (mut after, mut removed) = (None, 0);
        loop {
            let page = self.lost_files(after, FILES).await?;
            for lost in &page.lost {
                removed += u64::from(self.forget_lost(lost).await?);
            }
            after = page.last;
            if after.is_none() {
                return Ok(removed);
            }
        }
    }
}
