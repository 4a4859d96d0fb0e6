//! Decoding of program accounts.
//!
//! On chain an account is its 8-byte discriminator and then the raw bytes of a `repr(C)` struct without padding, so
//! decoding field by field reads the same bytes. The code generator refuses a layout for which that would not hold.

use borsh::BorshDeserialize;
use solana_address::Address;
use thiserror::Error;

/// Why bytes are not the account they were taken for.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum DecodeError {
    #[error("{name}: the account is owned by {actual}, not by {expected}")]
    WrongOwner { name: &'static str, expected: Address, actual: Address },
    #[error("{name}: the account has the discriminator of something else")]
    WrongDiscriminator { name: &'static str },
    #[error("{name}: {actual} bytes, expected at least {expected}")]
    TooShort { name: &'static str, expected: usize, actual: usize },
    #[error("{name}: {message}")]
    Malformed { name: &'static str, message: String },
}

/// An account type of one of the programs. Implemented by the generated modules.
pub trait AccountData: BorshDeserialize {
    const NAME: &'static str;
    /// The program that owns such accounts.
    const PROGRAM: Address;
    const DISCRIMINATOR: [u8; 8];
    /// Bytes of the account, discriminator included; for a slab, without its records.
    const SIZE: usize;

    /// Decodes account data. Bytes behind the struct are ignored, as the program does.
    ///
    /// Anybody can create an account with the same bytes: use [`AccountData::decode_owned`] for data that was not
    /// fetched by an address known to be right.
    fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        if data.len() < Self::SIZE {
            return Err(DecodeError::TooShort { name: Self::NAME, expected: Self::SIZE, actual: data.len() });
        }
        if !data.starts_with(&Self::DISCRIMINATOR) {
            return Err(DecodeError::WrongDiscriminator { name: Self::NAME });
        }
        Self::try_from_slice(&data[..Self::SIZE])
            .map_err(|error| DecodeError::Malformed { name: Self::NAME, message: error.to_string() })
    }

    /// [`AccountData::decode`] that also checks who owns the account.
    fn decode_owned(owner: &Address, data: &[u8]) -> Result<Self, DecodeError> {
        if *owner != Self::PROGRAM {
            return Err(DecodeError::WrongOwner {
                name: Self::NAME,
                expected: Self::PROGRAM,
                actual: *owner,
            });
        }
        Self::decode(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(BorshDeserialize, Debug, PartialEq)]
    struct Sample {
        discriminator: [u8; 8],
        amount: u64,
        flag: bool,
    }

    impl AccountData for Sample {
        const NAME: &'static str = "Sample";
        const PROGRAM: Address = Address::new_from_array([7; 32]);
        const DISCRIMINATOR: [u8; 8] = *b"sample!!";
        const SIZE: usize = 17;
    }

    fn bytes() -> Vec<u8> {
        [b"sample!!".as_slice(), &5u64.to_le_bytes(), &[1]].concat()
    }

    #[test]
    fn decodes_and_ignores_what_follows() {
        let mut data = bytes();
        data.extend([9; 40]);
        let sample = Sample::decode(&data).unwrap();
        assert_eq!((sample.amount, sample.flag), (5, true));
    }

    #[test]
    fn refuses_another_account() {
        let mut data = bytes();
        data[0] ^= 1;
        assert_eq!(Sample::decode(&data), Err(DecodeError::WrongDiscriminator { name: "Sample" }));
    }

    #[test]
    fn refuses_a_short_account() {
        let data = bytes();
        let error = DecodeError::TooShort { name: "Sample", expected: 17, actual: 16 };
        assert_eq!(Sample::decode(&data[..16]), Err(error));
    }

    #[test]
    fn refuses_a_value_that_is_none() {
        let mut data = bytes();
        data[16] = 2;
        assert!(matches!(Sample::decode(&data), Err(DecodeError::Malformed { .. })));
    }

    #[test]
    fn refuses_a_foreign_owner() {
        let owner = Address::new_from_array([8; 32]);
        assert!(matches!(Sample::decode_owned(&owner, &bytes()), Err(DecodeError::WrongOwner { .. })));
        assert!(Sample::decode_owned(&Sample::PROGRAM, &bytes()).is_ok());
    }
}
