//! Table `files`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "files")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub bucket_id: Uuid,
    /// UTF-8.
    pub key: Vec<u8>,
    pub owner: Option<Uuid>,
    pub blob: Uuid,
    pub size: i64,
    pub media_type: String,
    pub declared_type: Option<String>,
    pub sha256: Vec<u8>,
    pub metadata: String,
    pub status: String,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
