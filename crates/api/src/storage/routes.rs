//! Where the operations are mounted.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::{
    copy_file, create_bucket, create_signed_url, delete_bucket, delete_file, deletions, direct_uploads,
    get_bucket, get_file, list_buckets, list_files, metadata, move_file, post_file, public_file, put_file,
    revoke_signed_urls, signed_file, update_bucket, uploads, usage,
};

/// Mounts `/api/v1/storage`.
pub fn configure(config: &mut ServiceConfig) {
    config.service(
        scope::scope("/api/v1/storage")
            .service(list_buckets::list_buckets)
            .service(create_bucket::create_bucket)
            .service(get_bucket::get_bucket)
            .service(update_bucket::update_bucket)
            .service(delete_bucket::delete_bucket)
            .service(usage::get_storage_usage)
            .service(usage::get_bucket_usage)
            .service(revoke_signed_urls::revoke_signed_urls)
            .service(list_files::list_files)
            .service(post_file::post_file)
            .service(put_file::put_file)
            .service(get_file::get_file)
            .service(delete_file::delete_file)
            .service(metadata::get_file_metadata)
            .service(metadata::update_file_metadata)
            .service(copy_file::copy_file)
            .service(move_file::move_file)
            .service(create_signed_url::create_signed_url)
            .service(signed_file::get_signed_file)
            .service(signed_file::put_signed_file)
            .service(public_file::get_public_file)
            .configure(deletions::configure)
            .configure(direct_uploads::configure)
            .configure(uploads::configure),
    );
}
