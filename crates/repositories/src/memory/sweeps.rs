//! How far sweeps have come, in memory.

use async_trait::async_trait;

use super::access::{Access, Memory};
use crate::{Result, SweepRepository};

#[async_trait]
impl<A: Access> SweepRepository for Memory<A> {
    async fn find(&self, name: &str) -> Result<Option<String>> {
        Ok(self.0.read(|state| state.sweeps.get(name).cloned()))
    }

    async fn keep(&self, name: &str, place: &str) -> Result<()> {
        self.0
            .write(|state| {
                state.sweeps.insert(name.to_owned(), place.to_owned());
                Ok(())
            })
            .await
    }
}
