//! What every hash made elsewhere can do.

/// A password hash made by another system, taken apart and within its limits.
pub(crate) trait ForeignHash: Send {
    /// What the algorithm makes of `password`.
    ///
    /// # Errors
    /// What the algorithm says of its parameters; never anything of the password.
    fn digest(&self, password: &[u8]) -> Result<Vec<u8>, String>;

    /// What it made of the right one.
    fn expected(&self) -> &[u8];

    /// What it costs, roughly.
    fn class(&self) -> CostClass;
}

/// Hashes of one algorithm that take about as long as each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CostClass {
    /// The algorithm.
    pub algorithm: &'static str,
    /// The logarithm of its work.
    pub magnitude: u32,
}

impl CostClass {
    /// The class of `work` units of `algorithm`.
    pub(crate) const fn of(algorithm: &'static str, work: u64) -> Self {
        Self {
            algorithm,
            magnitude: 64 - work.leading_zeros(),
        }
    }
}
