//! Slabs: accounts that are a header and a list of fixed-size records.
//!
//! Layout: discriminator (8) | header | length (u32) | padding to the records' alignment | records. The account may be
//! larger than its records need; the rest is room to grow.

use crate::account::{AccountData, DecodeError};
use borsh::BorshDeserialize;

/// The header of a slab. Implemented by the generated modules.
pub trait SlabHeader: AccountData {
    type Record: BorshDeserialize;
    /// Bytes of one record.
    const RECORD_SIZE: usize;
    const RECORD_ALIGN: usize;
    /// Where the first record starts.
    const RECORDS_OFFSET: usize = (Self::SIZE + size_of::<u32>()).next_multiple_of(Self::RECORD_ALIGN);

    /// Where the record at `index` starts, for reading one record of a large account.
    fn record_offset(index: usize) -> usize {
        Self::RECORDS_OFFSET + index * Self::RECORD_SIZE
    }

    /// Bytes of an account with room for `records`: what the client that creates the account asks for.
    fn space(records: usize) -> usize {
        Self::record_offset(records)
    }
}

/// A decoded slab.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Slab<H: SlabHeader> {
    pub header: H,
    pub records: Vec<H::Record>,
    /// How many records the account has room for.
    pub capacity: usize,
}

impl<H: SlabHeader> Slab<H> {
    /// Decodes account data. See [`AccountData::decode`] for what it does not check.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let header = H::decode(data)?;
        let too_short = |expected| DecodeError::TooShort { name: H::NAME, expected, actual: data.len() };
        let (length, _) = data[H::SIZE..].split_first_chunk().ok_or(too_short(H::RECORDS_OFFSET))?;
        let length = u32::from_le_bytes(*length) as usize;
        let records = data
            .get(H::RECORDS_OFFSET..H::record_offset(length))
            .ok_or(too_short(H::record_offset(length)))?
            .chunks_exact(H::RECORD_SIZE)
            .map(H::Record::try_from_slice)
            .collect::<Result<_, _>>()
            .map_err(|error| DecodeError::Malformed { name: H::NAME, message: error.to_string() })?;
        let capacity = (data.len() - H::RECORDS_OFFSET) / H::RECORD_SIZE;
        Ok(Self { header, records, capacity })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use solana_address::Address;

    #[derive(BorshDeserialize, Clone, Debug, PartialEq)]
    struct Header {
        discriminator: [u8; 8],
        count: u64,
    }

    #[derive(BorshDeserialize, Clone, Debug, PartialEq)]
    struct Record {
        amount: u64,
        tag: [u8; 8],
    }

    impl AccountData for Header {
        const NAME: &'static str = "Header";
        const PROGRAM: Address = Address::new_from_array([7; 32]);
        const DISCRIMINATOR: [u8; 8] = [1; 8];
        const SIZE: usize = 16;
    }

    impl SlabHeader for Header {
        type Record = Record;
        const RECORD_SIZE: usize = 16;
        const RECORD_ALIGN: usize = 8;
    }

    fn slab(length: u32, room: usize) -> Vec<u8> {
        let mut data = [[1; 8], 3u64.to_le_bytes()].concat();
        data.extend(length.to_le_bytes());
        data.extend([0; 4]);
        for index in 0..room as u64 {
            data.extend((100 + index).to_le_bytes());
            data.extend([index as u8; 8]);
        }
        data
    }

    #[test]
    fn decodes_the_records_in_use() {
        let slab = Slab::<Header>::decode(&slab(2, 5)).unwrap();
        assert_eq!(slab.header.count, 3);
        assert_eq!(slab.records[1], Record { amount: 101, tag: [1; 8] });
        assert_eq!((slab.records.len(), slab.capacity), (2, 5));
    }

    #[test]
    fn space_is_what_decode_reads() {
        assert_eq!(Header::space(5), slab(0, 5).len());
        assert_eq!(Slab::<Header>::decode(&slab(5, 5)).unwrap().records.len(), 5);
    }

    #[test]
    fn refuses_a_length_beyond_the_account() {
        assert!(matches!(
            Slab::<Header>::decode(&slab(6, 5)),
            Err(DecodeError::TooShort { expected: 120, .. })
        ));
        assert!(matches!(Slab::<Header>::decode(&slab(0, 0)[..18]), Err(DecodeError::TooShort { .. })));
        assert!(matches!(Slab::<Header>::decode(&slab(0, 0)[..22]), Err(DecodeError::TooShort { .. })));
    }
}
