//! Epochs of a real Bank.
