//! From TOML values to the stored form. Every refusal knows where in the text it is.
//!
//! By hand and not by serde, whose code for these forty types is a fiftieth of the whole program.

use std::collections::BTreeMap;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::Fault;

/// What can be read from a TOML value.
pub(super) trait FromToml: Sized {
    /// # Errors
    /// Where it is something else.
    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault>;
}

/// A section, all of whose keys are optional and of which there are no others.
macro_rules! section {
    (@key $field:ident $key:literal) => { $key };
    (@key $field:ident) => { stringify!($field) };
    ($(#[$meta:meta])* struct $name:ident {
        $($(#[$doc:meta])* $field:ident $(as $key:literal)?: $type:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Default)]
        pub(super) struct $name {
            $($(#[$doc])* pub(super) $field: $type,)*
        }

        impl $crate::provider::written::Section for $name {
            fn set(
                &mut self,
                key: &str,
                value: &toml::Spanned<toml::de::DeValue<'_>>,
            ) -> Result<bool, $crate::provider::source::Fault> {
                $(if key == section!(@key $field $($key)?) {
                    return $crate::provider::written::put(&mut self.$field, value);
                })*
                Ok(false)
            }
        }

        impl $crate::provider::written::FromToml for $name {
            fn from_toml(
                value: &toml::Spanned<toml::de::DeValue<'_>>,
            ) -> Result<Self, $crate::provider::source::Fault> {
                $crate::provider::written::section_of($crate::provider::written::table(value)?)
            }
        }
    };
}

/// One of several words.
macro_rules! words {
    ($(#[$meta:meta])* enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        pub(super) enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $crate::provider::written::FromToml for $name {
            fn from_toml(
                value: &toml::Spanned<toml::de::DeValue<'_>>,
            ) -> Result<Self, $crate::provider::source::Fault> {
                match value.get_ref().as_str() {
                    $(Some($word) => Ok(Self::$variant),)*
                    _ => Err($crate::provider::written::no_such_word(value, &[$($word),*])),
                }
            }
        }
    };
}

pub(super) use {section, words};

/// What [`section!`] makes.
pub(super) trait Section: Default {
    /// Reads the value of one key; `false` where there is no such key.
    fn set(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<bool, Fault>;
}

/// Reads a value into its place; once for each type and not once for each key.
///
/// # Errors
/// Where it is something else.
#[inline(never)]
pub(super) fn put<T: FromToml>(place: &mut T, value: &Spanned<DeValue<'_>>) -> Result<bool, Fault> {
    *place = T::from_toml(value)?;
    Ok(true)
}

/// # Errors
/// Where a key is unknown or its value wrong.
pub(super) fn section_of<T: Section>(table: &DeTable<'_>) -> Result<T, Fault> {
    let mut section = T::default();
    for (key, value) in table {
        if !section.set(key.get_ref(), value)? {
            return Err(Fault::at(key.span(), "there is no such key"));
        }
    }
    Ok(section)
}

/// Why a word is refused.
pub(super) fn no_such_word(value: &Spanned<DeValue<'_>>, words: &[&str]) -> Fault {
    Fault::at(
        value.span(),
        format!("it has to be one of `{}`", words.join("`, `")),
    )
}

pub(super) fn text<'v>(value: &'v Spanned<DeValue<'_>>) -> Result<&'v str, Fault> {
    let text = value.get_ref().as_str();
    text.ok_or_else(|| Fault::at(value.span(), "it has to be a text"))
}

/// A whole number, where it is one that fits.
pub(super) fn integer<T: FromStr>(value: &Spanned<DeValue<'_>>) -> Option<T> {
    let number = value.get_ref().as_integer()?;
    // The parser has checked its digits, and leaves their base to us.
    (number.radix() == 10).then(|| number.as_str().parse().ok())?
}

pub(super) fn table<'v, 'i>(value: &'v Spanned<DeValue<'i>>) -> Result<&'v DeTable<'i>, Fault> {
    let table = value.get_ref().as_table();
    table.ok_or_else(|| Fault::at(value.span(), "it has to be a section"))
}

impl FromToml for String {
    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        text(value).map(str::to_owned)
    }
}

impl FromToml for bool {
    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        let truth = value.get_ref().as_bool();
        truth.ok_or_else(|| Fault::at(value.span(), "it has to be `true` or `false`"))
    }
}

impl FromToml for u16 {
    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        let why = "it has to be a whole number from 0 to 65535";
        integer(value).ok_or_else(|| Fault::at(value.span(), why))
    }
}

impl<T: FromToml> FromToml for Option<T> {
    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        T::from_toml(value).map(Some)
    }
}

impl<T: FromToml> FromToml for Box<T> {
    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        T::from_toml(value).map(Self::new)
    }
}

impl<T: FromToml> FromToml for Vec<T> {
    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        let Some(list) = value.get_ref().as_array() else {
            return Err(Fault::at(value.span(), "it has to be a list"));
        };
        let mut read = Self::new();
        for value in list {
            read.push(T::from_toml(value)?);
        }
        Ok(read)
    }
}

impl<T: FromToml> FromToml for BTreeMap<String, T> {
    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        let mut read = Self::new();
        for (key, value) in table(value)? {
            read.insert(key.get_ref().to_string(), T::from_toml(value)?);
        }
        Ok(read)
    }
}
