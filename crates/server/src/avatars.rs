//! What makes avatars of pictures.

use std::sync::Arc;

use mainstay_api::users::AVATAR_ADDRESS;
use mainstay_services::{
    ports::ImageResizer,
    storage::StorageService,
    users::{AvatarPorts, AvatarService, AvatarSettings, UserService},
};

use crate::{
    config::{Config, UsersConfig},
    wiring::Shared,
};

/// Pictures of users over the shared ports.
pub(crate) fn avatar_service(
    config: &Config,
    shared: &Shared,
    (users, storage): (&Arc<UserService>, &Arc<StorageService>),
) -> AvatarService {
    let ports = AvatarPorts {
        store: Arc::clone(&shared.store),
        storage: Arc::clone(storage),
        users: Arc::clone(users),
        resizer: resizer(&config.users),
        principals: Arc::clone(&shared.principals),
        clock: Arc::clone(&shared.clock),
        entropy: Arc::clone(&shared.entropy),
    };
    let settings = AvatarSettings {
        max_size: config.users.avatar_max_size,
        pace: config.throttle.enabled.then_some(AvatarSettings::PACE),
        address: AVATAR_ADDRESS.to_owned(),
    };
    AvatarService::new(ports, settings)
}

#[cfg(feature = "avatars")]
fn resizer(config: &UsersConfig) -> Arc<dyn ImageResizer> {
    use mainstay_adapters::{PictureResizer, PictureSettings};

    Arc::new(PictureResizer::new(PictureSettings {
        max_pixels: config.avatar_max_pixels,
        decoders: config.avatar_decoders,
    }))
}

/// This binary reads no pictures: whatever comes is none.
#[cfg(not(feature = "avatars"))]
fn resizer(_: &UsersConfig) -> Arc<dyn ImageResizer> {
    use actix_web::web::Bytes;
    use async_trait::async_trait;
    use mainstay_services::ports::{ImageError, Squares};

    struct Blind;

    #[async_trait]
    impl ImageResizer for Blind {
        async fn squares(&self, _: Bytes, _: &[u32]) -> Result<Squares, ImageError> {
            Err(ImageError::NoImage)
        }
    }
    Arc::new(Blind)
}
