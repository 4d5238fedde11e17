//! Table `jobs`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    #[sea_orm(column_type = "Text")]
    pub payload: String,
    pub job_key: Option<String>,
    pub priority: i32,
    pub status: String,
    pub due_at: Option<i64>,
    pub lease: Option<Uuid>,
    pub attempts: i32,
    pub silences: i32,
    pub max_attempts: i32,
    pub failure: Option<String>,
    pub request_id: Option<String>,
    pub traceparent: Option<String>,
    pub created_at: i64,
    pub finished_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
