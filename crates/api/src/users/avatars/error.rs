//! How outcomes of avatars look to clients.

use mainstay_services::users::AvatarError;

use crate::error::{ApiError, ErrorCode};

impl From<AvatarError> for ApiError {
    fn from(error: AvatarError) -> Self {
        match error {
            AvatarError::NotFound => Self::not_found(),
            AvatarError::NoImage => Self::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE)
                .detail("The octets are no PNG, JPEG, WebP or GIF."),
            AvatarError::Broken => Self::new(ErrorCode::IMAGE_BROKEN),
            AvatarError::TooManyPixels { most } => Self::new(ErrorCode::IMAGE_TOO_LARGE).detail(format!(
                "At most {most} pixels are read; those of more than 8 bits a colour count twice."
            )),
            AvatarError::Throttled { retry_after } => {
                Self::new(ErrorCode::TOO_MANY_REQUESTS).retry_after(retry_after)
            }
            AvatarError::User(error) => error.into(),
            AvatarError::Storage(error) => error.into(),
            AvatarError::Failure(failure) => failure.into(),
        }
    }
}
