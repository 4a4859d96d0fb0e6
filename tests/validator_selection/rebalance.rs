//! `rebalance`: each line of its specification, and each way it refuses.
