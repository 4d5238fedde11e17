//! Table `bucket_usage`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bucket_usage")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub bucket_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub slot: i32,
    pub used: i64,
    pub files: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
