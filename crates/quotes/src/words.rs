//! Numbers in a row: how structs of numbers cross a boundary that knows only 64-bit words.
//!
//! One declaration makes the struct, its list of fields, and both directions, so none of them can drift apart.

/// A field of a struct of numbers.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    /// `u64`, `i64`, `u32`, `u16`, `u8` or `bool`.
    pub kind: &'static str,
    pub about: &'static str,
}

/// What a [`Plain`] value is made of.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// One word of this kind.
    Word(&'static str),
    Struct {
        name: &'static str,
        about: &'static str,
        fields: &'static [Field],
    },
}

/// A value that is one or more words.
pub trait Plain: Sized {
    const SHAPE: Shape;

    /// `None` where words are missing or one is out of its kind's range.
    fn read(words: &mut core::slice::Iter<u64>) -> Option<Self>;

    /// `None` where there is no room.
    fn write(&self, words: &mut core::slice::IterMut<u64>) -> Option<()>;
}

/// A struct of numbers.
pub trait Numbers: Plain {
    const FIELDS: &'static [Field];
}

macro_rules! unsigned {
    ($($kind:ident)*) => {$(
        impl Plain for $kind {
            const SHAPE: Shape = Shape::Word(stringify!($kind));

            fn read(words: &mut core::slice::Iter<u64>) -> Option<Self> {
                $kind::try_from(*words.next()?).ok()
            }

            fn write(&self, words: &mut core::slice::IterMut<u64>) -> Option<()> {
                *words.next()? = u64::from(*self);
                Some(())
            }
        }
    )*};
}

unsigned!(u64 u32 u16 u8);

impl Plain for bool {
    const SHAPE: Shape = Shape::Word("bool");

    fn read(words: &mut core::slice::Iter<u64>) -> Option<Self> {
        match words.next()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn write(&self, words: &mut core::slice::IterMut<u64>) -> Option<()> {
        *words.next()? = u64::from(*self);
        Some(())
    }
}

impl Plain for i64 {
    const SHAPE: Shape = Shape::Word("i64");

    fn read(words: &mut core::slice::Iter<u64>) -> Option<Self> {
        Some(words.next()?.cast_signed())
    }

    fn write(&self, words: &mut core::slice::IterMut<u64>) -> Option<()> {
        *words.next()? = self.cast_unsigned();
        Some(())
    }
}

/// The kind of a type that is one word; empty for others, which no struct of numbers contains.
pub(crate) const fn kind<T: Plain>() -> &'static str {
    match T::SHAPE {
        Shape::Word(kind) => kind,
        Shape::Struct { .. } => "",
    }
}

/// Declares a struct of numbers and what [`Plain`] and [`Numbers`] say of it.
macro_rules! numbers {
    ($(
        $(#[doc = $about:literal])*
        pub struct $name:ident {
            $( $(#[doc = $doc:literal])* pub $field:ident: $kind:ty, )*
        }
    )*) => {$(
        $(#[doc = $about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            $( $(#[doc = $doc])* pub $field: $kind, )*
        }

        impl $crate::words::Numbers for $name {
            const FIELDS: &'static [$crate::words::Field] = &[
                $( $crate::words::Field {
                    name: stringify!($field),
                    kind: $crate::words::kind::<$kind>(),
                    about: concat!($($doc),*),
                }, )*
            ];
        }

        impl $crate::words::Plain for $name {
            const SHAPE: $crate::words::Shape = $crate::words::Shape::Struct {
                name: stringify!($name),
                about: concat!($($about),*),
                fields: <Self as $crate::words::Numbers>::FIELDS,
            };

            fn read(words: &mut core::slice::Iter<u64>) -> Option<Self> {
                Some(Self { $( $field: $crate::words::Plain::read(words)?, )* })
            }

            fn write(&self, words: &mut core::slice::IterMut<u64>) -> Option<()> {
                $( $crate::words::Plain::write(&self.$field, words)?; )*
                Some(())
            }
        }
    )*};
}

pub(crate) use numbers;
