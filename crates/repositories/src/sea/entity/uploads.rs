//! Table `uploads`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "uploads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub bucket_id: Uuid,
    pub key: Vec<u8>,
    pub owner: Uuid,
    pub length: i64,
    pub received: i64,
    pub declared_type: Option<String>,
    pub metadata: String,
    pub sha256: Option<Vec<u8>>,
    pub announced: String,
    pub staging: Option<Uuid>,
    pub only_new: Option<bool>,
    pub only_over: Option<Vec<u8>>,
    pub finished: bool,
    pub created_at: i64,
    pub expires_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
