//! Table `file_deletions`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "file_deletions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub bucket_id: Uuid,
    pub prefix: Vec<u8>,
    pub owner: Uuid,
    pub api_key_id: Option<Uuid>,
    pub everybody: bool,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: Option<String>,
    pub status: String,
    pub deleted: i64,
    pub total: Option<i64>,
    pub reached: Option<Vec<u8>>,
    pub step: i32,
    pub created_at: i64,
    pub moved_at: i64,
    pub finished_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
