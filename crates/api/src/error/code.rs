//! The table of error codes. `docs/errors.md` is generated from it.

use std::fmt::Write as _;

use actix_web::http::StatusCode;

/// A stable, machine-readable reason for an error answer.
///
/// Mainstay's own codes are the associated constants, all of them listed in
/// [`ErrorCode::ALL`]; a product makes its own with [`ErrorCode::new`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    code: &'static str,
    status: u16,
    title: &'static str,
    meaning: &'static str,
}

impl ErrorCode {
    /// A code in SCREAMING_SNAKE, the status it is sent with, a short title, and a sentence
    /// that tells what it means.
    #[must_use]
    pub const fn new(code: &'static str, status: u16, title: &'static str, meaning: &'static str) -> Self {
        Self {
            code,
            status,
            title,
            meaning,
        }
    }

    /// The code itself, e.g. `EMAIL_TAKEN`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.code
    }

    /// The HTTP status it is sent with.
    #[must_use]
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// A few words for people; the same for every occurrence (RFC 9457 section 3.1.4).
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.title
    }

    /// What it means, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        self.meaning
    }

    /// Every code of Mainstay, in the order of the table.
    #[must_use]
    pub const fn table() -> &'static [Self] {
        Self::ALL
    }

    /// The code for an answer that came from elsewhere (actix, a product) with this status only.
    #[must_use]
    pub fn for_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::UNAUTHENTICATED,
            403 => Self::FORBIDDEN,
            404 => Self::NOT_FOUND,
            405 => Self::METHOD_NOT_ALLOWED,
            406 => Self::NOT_ACCEPTABLE,
            408 => Self::REQUEST_TIMEOUT,
            409 => Self::CONFLICT,
            412 => Self::PRECONDITION_FAILED,
            413 => Self::PAYLOAD_TOO_LARGE,
            414 => Self::URI_TOO_LONG,
            415 => Self::UNSUPPORTED_MEDIA_TYPE,
            416 => Self::RANGE_NOT_SATISFIABLE,
            422 => Self::VALIDATION_FAILED,
            429 => Self::TOO_MANY_REQUESTS,
            431 => Self::HEADERS_TOO_LARGE,
            503 => Self::UNAVAILABLE,
            507 => Self::STORAGE_FULL,
            400..500 => Self::BAD_REQUEST,
            _ => Self::INTERNAL,
        }
    }
}

/// Defines the constants and [`ErrorCode::ALL`] from one table.
macro_rules! error_codes {
    ($($code:ident => $status:literal, $title:literal, $meaning:literal;)+) => {
        impl ErrorCode {
            $(
                #[doc = $meaning]
                pub const $code: Self = Self::new(stringify!($code), $status, $title, $meaning);
            )+

            /// Every code of Mainstay.
            pub const ALL: &'static [Self] = &[$(Self::$code,)+];
        }
    };
}

error_codes! {
    BAD_REQUEST => 400, "Bad request", "The request could not be understood.";
    MALFORMED_JSON => 400, "Malformed JSON", "The body is not well-formed JSON.";
    INVALID_CURSOR => 400, "Invalid cursor", "The cursor was not issued for this list with these filters.";
    INVALID_HEADER => 400, "Invalid header", "A request header has a value that cannot be used.";
    UNAUTHENTICATED => 401, "Authentication required", "No valid access token came with the request.";
    TOKEN_EXPIRED => 401, "Token expired", "The access token has expired; refresh it.";
    INVALID_CREDENTIALS => 401, "Invalid credentials", "Login name and password do not belong together.";
    INVALID_REFRESH_TOKEN => 401, "Invalid refresh token", "The refresh token is unknown, used, expired or revoked; log in again.";
    CODE_INVALID => 401, "Invalid code", "The code is wrong, used or expired; ask for a new one.";
    INVALID_MFA_TOKEN => 401, "Login must begin anew", "The mfa_token is unknown, used, expired, or was tried too often; log in again.";
    FORBIDDEN => 403, "Forbidden", "The caller may not do this.";
    PERMISSION_DENIED => 403, "Permission denied", "The caller lacks a permission that this operation needs.";
    SESSION_REQUIRED => 403, "Login required", "An API key cannot do this; somebody has to log in for it.";
    INSUFFICIENT_PRIVILEGE => 403, "Insufficient privilege", "Nobody can grant or take permissions beyond their own.";
    CROSS_SITE_REQUEST => 403, "Cross-site request", "The request asks for cookie mode, but comes from no page of this server or of an allowed origin.";
    CHALLENGE_REQUIRED => 403, "Proof of work required", "Too many failures; solve `challenge` and send it as X-Challenge-Solution.";
    ACCOUNT_DISABLED => 403, "Account disabled", "The account has been switched off.";
    EMAIL_NOT_VERIFIED => 403, "Address not verified", "The mail address must be verified first.";
    REGISTRATION_CLOSED => 403, "Registration closed", "Accounts cannot be registered here.";
    SETUP_LINK_INVALID => 403, "Setup link invalid", "The first-administrator link is unknown, used or expired.";
    LINK_INVALID => 403, "Link invalid", "The link of the mail is unknown, used or expired; ask for a new one.";
    MAIL_SIGN_IN_OFF => 403, "No sign-in by mail", "This server sends no links or codes to sign in with.";
    WRONG_PASSWORD => 403, "Wrong password", "The current password is not right.";
    WRONG_CODE => 403, "Wrong code", "The code is wrong, or was used before.";
    PASSKEY_REFUSED => 403, "Passkey refused", "The passkey is unknown, its proof not valid, or the question was asked too long ago.";
    SECOND_FACTOR_REQUIRED => 403, "Second factor required", "The account has a second factor, which must be proved too.";
    REAUTHENTICATION_REQUIRED => 403, "Prove who you are", "The operation is sensitive and the last proof too old; see POST /auth/reauthenticate.";
    OAUTH_STATE_INVALID => 403, "Unknown login", "No such login at another provider is under way in this browser; begin anew.";
    OAUTH_DENIED => 403, "Denied by the provider", "The provider let nobody in, or its user did not want to.";
    OAUTH_ANSWER_INVALID => 403, "Invalid answer", "What the provider sent proves nothing; begin anew.";
    OAUTH_CODE_INVALID => 403, "Invalid code", "The code of a login at another provider is unknown, used or expired, or not this client's.";
    PROVIDER_EMAIL_UNVERIFIED => 403, "Address not verified by the provider", "The provider does not say that the address is verified; log in another way and link the identity.";
    SIGNED_URL_INVALID => 403, "Signed URL invalid", "The URL was not signed here, has expired, or its file, its signer or the bucket's URLs are gone.";
    NOT_FOUND => 404, "Not found", "There is nothing here, or nothing the caller may know of.";
    METHOD_NOT_ALLOWED => 405, "Method not allowed", "The resource exists but does not answer to this method; see Allow.";
    NOT_ACCEPTABLE => 406, "Not acceptable", "No representation satisfies the Accept headers.";
    REQUEST_TIMEOUT => 408, "Request timeout", "The request did not arrive completely in time.";
    CONFLICT => 409, "Conflict", "The request collides with the present state or with another change.";
    EMAIL_TAKEN => 409, "Address taken", "Another account has this mail address.";
    USERNAME_TAKEN => 409, "User name taken", "Another account has this user name.";
    NOT_INVITED => 409, "Not invited", "The account was taken up already, or never waited for its owner.";
    NOT_ACTIVE => 409, "Not active", "The account is not active.";
    ROLE_TAKEN => 409, "Role name taken", "Another role has this name.";
    ROLE_BUILT_IN => 409, "Built-in role", "Built-in roles can be neither changed nor deleted.";
    ROLE_IN_USE => 409, "Role in use", "The role still has holders.";
    LAST_ADMINISTRATOR => 409, "Last administrator", "The last administrator cannot be removed, disabled or demoted.";
    PASSKEY_TAKEN => 409, "Passkey taken", "The passkey is registered already.";
    TOO_MANY_FACTORS => 409, "Too many factors", "The account has as many factors of this kind as there may be.";
    MFA_NOT_ENABLED => 409, "No second factor", "The account has no second factor.";
    LAST_FACTOR => 409, "Last factor", "The last second factor goes only if the request says that it is meant.";
    MFA_REQUIRED => 409, "Second factor demanded", "A role of the account demands a second factor.";
    OWN_MFA_RESET => 409, "Own factors", "Administrators remove their own factors one by one, as everybody does.";
    API_KEY_LIMIT => 409, "Too many API keys", "The account has as many API keys as it may have; end one first.";
    IDENTITY_TAKEN => 409, "Identity taken", "The identity is linked to another account.";
    LAST_SIGN_IN_METHOD => 409, "Last way to sign in", "Without this nobody could sign in to the account; set a password or link another identity first.";
    BUCKET_TAKEN => 409, "Bucket name taken", "Another bucket has this name.";
    BUCKET_NOT_EMPTY => 409, "Bucket not empty", "There are files in the bucket.";
    FILE_EXISTS => 409, "File exists", "There is a file at the goal; `overwrite` replaces it.";
    KEY_TAKEN => 409, "Key taken", "Somebody else's file in the bucket has this key.";
    OFFSET_MISMATCH => 409, "Offset mismatch", "The part does not begin where the last one ended; HEAD tells where that is.";
    DELETION_LIMIT => 409, "Too many deletions", "The caller has as many deletions of many files under way as there may be; wait for one to end, or call one off.";
    DELETION_ENDED => 409, "Deletion ended", "The deletion has ended already; there is nothing to call off.";
    UPLOAD_LIMIT => 409, "Too many uploads", "The caller has as many resumable and direct uploads under way as there may be; finish or delete one first.";
    DIRECT_UPLOAD_UNAVAILABLE => 409, "Direct upload unavailable", "The object store of this server answers nobody else; send the file to the server.";
    NOTHING_ARRIVED => 409, "Nothing arrived", "Nothing lies at the URL of the direct upload yet; put the file there first.";
    UPLOAD_COMPLETED => 409, "Upload completed", "The direct upload is a file already.";
    FILE_QUARANTINED => 409, "File in quarantine", "The file waits for a scan, or did not pass it.";
    IDEMPOTENCY_IN_PROGRESS => 409, "Request in progress", "The first request with this Idempotency-Key is still under way.";
    GONE => 410, "Gone", "It existed once and does not any more.";
    PRECONDITION_FAILED => 412, "Precondition failed", "The resource has changed since it was read; its ETag does not match If-Match.";
    TUS_VERSION_UNSUPPORTED => 412, "Unsupported version", "Resumable uploads need the header Tus-Resumable with a version that Tus-Version names.";
    PAYLOAD_TOO_LARGE => 413, "Payload too large", "The body is larger than this server accepts.";
    FILE_TOO_LARGE => 413, "File too large", "The file is larger than the bucket or this server allows.";
    IMAGE_TOO_LARGE => 413, "Too many pixels", "The picture has more pixels than this server reads.";
    QUOTA_EXCEEDED => 413, "Quota exceeded", "The bucket would hold more than its quota.";
    URI_TOO_LONG => 414, "URI too long", "The request target is longer than this server accepts.";
    UNSUPPORTED_MEDIA_TYPE => 415, "Unsupported media type", "The body is not of a type that this operation takes.";
    MEDIA_TYPE_NOT_ALLOWED => 415, "File type not allowed", "The bucket does not take files of the type that the octets have.";
    RANGE_NOT_SATISFIABLE => 416, "Range not satisfiable", "The requested range lies outside of the content.";
    VALIDATION_FAILED => 422, "Validation failed", "One or more fields were refused; `errors` names each of them.";
    IMAGE_BROKEN => 422, "Broken picture", "The octets begin like a picture, but cannot be read as one to their end.";
    CHECKSUM_MISMATCH => 422, "Checksum mismatch", "The octets that arrived are not those that the checksum in the request was made of; nothing was kept.";
    SIZE_MISMATCH => 422, "Size mismatch", "What was sent to the URL of the direct upload is not as long as announced; it was removed.";
    IDEMPOTENCY_KEY_REUSED => 422, "Idempotency key reused", "The Idempotency-Key was used before with another body.";
    PRECONDITION_REQUIRED => 428, "Precondition required", "The operation must be made conditional with If-Match.";
    TOO_MANY_REQUESTS => 429, "Too many requests", "Slow down; Retry-After tells for how long.";
    HEADERS_TOO_LARGE => 431, "Headers too large", "The request headers are larger than this server accepts.";
    UPLOAD_CHECKSUM_MISMATCH => 460, "Checksum mismatch", "The octets of the part are not those that Upload-Checksum was made of; nothing of it was kept.";
    INTERNAL => 500, "Internal error", "Something broke on our side; the request id finds it in the logs.";
    UNAVAILABLE => 503, "Unavailable", "A dependency does not answer; try again later.";
    FILE_OCTETS_MISSING => 503, "Octets missing", "The file is known, but its octets are not where they should be; an operator must look after the object store.";
    OVERLOADED => 503, "Overloaded", "The server has too much to do; try again later.";
    TIMEOUT => 503, "Timed out", "The request took longer than the server allows.";
    DRAINING => 503, "Shutting down", "This instance is shutting down; another one will answer.";
    STORAGE_FULL => 507, "Storage full", "There is no room left for files.";
}

/// The table as a Markdown document, for `docs/errors.md`.
#[must_use]
pub fn errors_markdown() -> String {
    let mut text = String::from(
        "# Error codes\n\nGenerated from `crates/api/src/error/code.rs`. Every error answer is \
         `application/problem+json` (RFC 9457); `code` is stable.\n\n\
         | code | status | title | meaning |\n|---|---|---|---|\n",
    );
    for code in ErrorCode::ALL {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            code.code, code.status, code.title, code.meaning
        );
    }
    text
}
