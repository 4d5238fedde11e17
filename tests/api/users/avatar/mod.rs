//! `PUT` and `DELETE /users/me/avatar`, `DELETE /users/{id}/avatar`, `GET /avatars/{id}`.

mod delete_avatar;
mod get_avatar;
mod pictures;
mod purge;
mod put_avatar;
mod refused;
