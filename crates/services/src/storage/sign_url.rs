//! URLs that work without logging in, for one thing and a limited time.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use mainstay_domain::{
    AuditKind, Bucket, BucketName, File, ObjectKey, Origin, Permission, Principal, Timestamp, User, UserId,
    UserStatus,
};

use super::{
    NewUpload, StorageError, StorageService, Upload,
    access::{Reach, Writer, reading, writing},
    place::place_of,
};

/// Signs URLs; the same on every replica.
#[derive(Clone, Copy)]
pub struct UrlKey(pub [u8; 32]);

impl fmt::Debug for UrlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UrlKey(***)")
    }
}

/// What a signed URL is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedMethod {
    /// Reading the file.
    Get,
    /// Writing it.
    Put,
}

/// What somebody wants a URL for.
#[derive(Debug, Clone)]
pub struct UrlRequest {
    /// The bucket.
    pub bucket: BucketName,
    /// The key of the file.
    pub key: ObjectKey,
    /// Reading or writing.
    pub method: SignedMethod,
    /// For how long.
    pub lasts: Duration,
    /// Whether browsers are to save the file whatever its type.
    pub attachment: bool,
}

/// The parameters of a signed URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedUrl {
    /// Until when it works, in seconds since 1970.
    pub expires: i64,
    /// Who signed it.
    pub by: UserId,
    /// Whether browsers are to save the file whatever its type.
    pub attachment: bool,
    /// Proves the rest.
    pub signature: String,
}

/// What a signature covers. The bucket's epoch, the file and the signer are part of it, so that the
/// URL ends with them.
struct Covered<'a> {
    method: SignedMethod,
    bucket: &'a Bucket,
    key: &'a ObjectKey,
    file: Option<&'a File>,
}

impl StorageService {
    /// Signs a URL for something the caller may do themselves.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "storage.sign_url", skip_all)]
    pub async fn sign_url(
        &self,
        caller: &Principal,
        request: &UrlRequest,
        origin: &Origin,
    ) -> Result<SignedUrl, StorageError> {
        let bucket = self.bucket_named(&request.bucket).await?;
        let file = self.file_at(&bucket, &request.key).await?;
        let file = match request.method {
            SignedMethod::Get => Some(reading(caller, &bucket)?.find(file)?),
            SignedMethod::Put => {
                super::place::may_replace(writing(caller, &bucket)?, &Default::default(), file.as_ref())?;
                None
            }
        };
        let now = self.ports.clock.now();
        let mut url = SignedUrl {
            expires: (now + request.lasts.min(self.settings.longest_url)).timestamp(),
            by: caller.user.id,
            attachment: request.attachment,
            signature: String::new(),
        };
        let covered = Covered {
            method: request.method,
            bucket: &bucket,
            key: &request.key,
            file: file.as_ref(),
        };
        url.signature = URL_SAFE_NO_PAD.encode(self.signature(&covered, &url));
        let detail = match &file {
            Some(file) => place_of(&bucket, file),
            None => format!("{}/{}", bucket.name, request.key),
        };
        let mut event = self
            .event(AuditKind::SignedUrlMade, caller.user.id, detail, origin)
            .by(caller);
        event.subject_id = file.and_then(|file| file.owner);
        self.ports.store.read().audit_events().append(&event).await?;
        Ok(url)
    }

    /// The file that a signed URL is for, while the URL holds.
    ///
    /// # Errors
    /// `UrlRefused` whatever is wrong; `Failure`.
    #[tracing::instrument(name = "storage.get_signed_file", skip_all)]
    pub async fn get_signed_file(
        &self,
        (bucket, key): (&BucketName, &ObjectKey),
        url: &SignedUrl,
    ) -> Result<File, StorageError> {
        let bucket = self.bucket_named(bucket).await.map_err(refused)?;
        let file = self
            .file_at(&bucket, key)
            .await?
            .ok_or(StorageError::UrlRefused)?;
        let covered = Covered {
            method: SignedMethod::Get,
            bucket: &bucket,
            key,
            file: Some(&file),
        };
        self.verify(&covered, url)?;
        let signer = self.active(url.by).await?;
        let reach = self
            .reach_of(&signer, &bucket, &Permission::STORAGE_READ_ALL)
            .await?;
        let file = reach.find(Some(file)).map_err(refused)?;
        if let Some(owner) = file.owner.filter(|owner| *owner != url.by) {
            self.active(owner).await?;
        }
        Ok(file)
    }

    /// Begins to write the file that a signed URL is for, in the name of whoever signed it.
    ///
    /// # Errors
    /// `UrlRefused` whatever is wrong with the URL; else as [`StorageService::begin_upload`].
    #[tracing::instrument(name = "storage.begin_signed_upload", skip_all)]
    pub async fn begin_signed_upload(
        &self,
        new: NewUpload,
        url: &SignedUrl,
    ) -> Result<Upload<'_>, StorageError> {
        let bucket = self.bucket_named(&new.bucket).await.map_err(refused)?;
        let covered = Covered {
            method: SignedMethod::Put,
            bucket: &bucket,
            key: &new.key,
            file: None,
        };
        self.verify(&covered, url)?;
        let signer = self.active(url.by).await?;
        let writer = Writer {
            user: signer.id,
            api_key: None,
            reach: self
                .reach_of(&signer, &bucket, &Permission::STORAGE_WRITE_ALL)
                .await?,
        };
        self.begin_writing(bucket, writer, new).await
    }

    /// What the signer may do now, whatever they might when they signed.
    async fn reach_of(
        &self,
        signer: &User,
        bucket: &Bucket,
        everything: &Permission,
    ) -> Result<Reach, StorageError> {
        let granted = self.ports.roles.permissions_of(&signer.roles).await?;
        if granted.contains(everything) {
            Ok(Reach::Everything)
        } else if bucket.open {
            Ok(Reach::Own(signer.id))
        } else {
            Err(StorageError::UrlRefused)
        }
    }

    async fn active(&self, user: UserId) -> Result<User, StorageError> {
        let found = self.ports.store.read().users().find(user).await?;
        let active = found.filter(|user| user.status == UserStatus::Active);
        active.ok_or(StorageError::UrlRefused)
    }

    fn verify(&self, covered: &Covered<'_>, url: &SignedUrl) -> Result<(), StorageError> {
        let expected = self.signature(covered, url);
        let sent = URL_SAFE_NO_PAD.decode(&url.signature).unwrap_or_default();
        let genuine = aws_lc_rs::constant_time::verify_slices_are_equal(&expected, &sent).is_ok();
        let expires = Timestamp::from_timestamp(url.expires, 0);
        let fresh = expires.is_some_and(|expires| self.ports.clock.now() < expires);
        (genuine && fresh).then_some(()).ok_or(StorageError::UrlRefused)
    }

    /// Every part is preceded by its length, so that parts cannot flow into each other.
    fn signature(&self, covered: &Covered<'_>, url: &SignedUrl) -> Vec<u8> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.settings.url_key.0);
        let mut context = hmac::Context::with_key(&key);
        let method = match covered.method {
            SignedMethod::Get => "GET",
            SignedMethod::Put => "PUT",
        };
        let file = covered.file.map(|file| file.id.to_string()).unwrap_or_default();
        for part in [
            "mainstay signed url v1",
            method,
            &covered.bucket.id.to_string(),
            &covered.bucket.url_epoch.to_string(),
            covered.key.as_str(),
            &file,
            &url.expires.to_string(),
            &url.by.to_string(),
            if url.attachment { "attachment" } else { "" },
        ] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.sign().as_ref().to_vec()
    }
}

/// A bucket that is not there is no other answer than a wrong signature.
fn refused(error: StorageError) -> StorageError {
    match error {
        StorageError::NotFound => StorageError::UrlRefused,
        error => error,
    }
}
