//! What sets the decoders of the Talos versions apart.
//!
//! Talos decodes with go-yaml: up to 1.11 with a fork of version 3, from 1.12 on with release candidates of version 4,
//! each of which is stricter in some places and laxer in others. All such differences are here; what is decoded alike
//! by all versions is not.

use super::format::Format;
use super::schema::Shape;
use crate::syntax::{Dialect, Kind, NodeRef, Resolved, Style, resolve_scalar};
use crate::version::TalosVersion;

/// The decoder of a Talos version.
#[derive(Clone, Copy, Debug)]
pub struct Decoder {
    minor: u8,
}

/// Why a scalar is no whole number that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotWhole {
    /// It is something else than a number, or has a fraction.
    WrongType,
    /// It is not within the bounds.
    OutOfRange,
}

impl Decoder {
    /// The decoder of `version`.
    #[must_use]
    pub fn of(version: TalosVersion) -> Self {
        Self { minor: version.minor() }
    }

    /// Whether a document that holds nothing is passed over; else it is refused beside others.
    #[must_use]
    pub fn skips_empty_documents(self) -> bool {
        self.minor >= 12
    }

    /// Whether a number with a fraction is cut off to a whole number; else it is refused.
    #[must_use]
    pub fn cuts_fractions(self) -> bool {
        self.minor <= 12
    }

    /// Whether `{}` is taken where a text in a form of its own is read: its Go type is a structure without fields of
    /// YAML.
    #[must_use]
    pub fn takes_empty_mapping(self, format: Format) -> bool {
        is_text_structure(format) && self.minor <= 12
    }

    /// Whether an alias is taken where a text in a form of its own is read.
    #[must_use]
    pub fn takes_alias_as(self, shape: &Shape) -> bool {
        let decodes_text = match shape.value() {
            Shape::Enum(_) | Shape::Format(Format::HardwareAddr) => true,
            Shape::Format(format) => is_text_structure(*format),
            _ => false,
        };
        !decodes_text || self.minor != 13
    }

    /// Whether the YAML library reads what not all of them read.
    #[must_use]
    pub fn reads(self, dialect: Dialect) -> bool {
        match dialect {
            Dialect::QuestionMarkInFlow | Dialect::AnchorName => self.minor >= 12,
            Dialect::LeadingEnd => self.minor >= 14,
        }
    }

    /// Whether a hardware address may be written as the list of its bytes.
    #[must_use]
    pub fn takes_bytes_as_hardware_address(self) -> bool {
        self.minor == 12
    }

    /// Whether the number 0 is a duration.
    #[must_use]
    pub fn takes_zero_as_duration(self) -> bool {
        self.minor >= 13
    }

    /// Whether a whole number written as a float is a duration, in nanoseconds.
    #[must_use]
    pub fn takes_floats_as_duration(self) -> bool {
        self.minor >= 14
    }

    /// Whether a size may be negative.
    #[must_use]
    pub fn takes_negative_sizes(self) -> bool {
        self.minor >= 13
    }

    /// Whether a URL may name an IPv6 address without brackets.
    #[must_use]
    pub fn takes_bare_ipv6_hosts(self) -> bool {
        self.minor <= 12
    }

    /// Whether a date without quotes is text where text is read; else it is refused.
    #[must_use]
    pub fn takes_dates_as_text(self) -> bool {
        self.minor <= 13
    }

    /// Whether null is refused in lists and mappings of structures held by pointer.
    #[must_use]
    pub fn refuses_null_elements(self) -> bool {
        self.minor >= 14
    }

    /// Whether unknown keys are looked for behind aliases too.
    #[must_use]
    pub fn looks_behind_aliases(self) -> bool {
        self.minor >= 14
    }

    /// Whether `<<` as a value is passed over like null, where no text is read.
    #[must_use]
    pub fn skips_merge_as_value(self) -> bool {
        self.minor >= 14
    }

    /// Whether the tag `!` makes text of a scalar without quotes; else it says nothing.
    fn heeds_non_specific_tag(self) -> bool {
        self.minor >= 14
    }

    /// Whether a scalar behind a pointer is overwritten by one that is zero: an empty text, the number 0.
    #[must_use]
    pub fn overwrites_behind_pointers(self) -> bool {
        self.minor >= 12
    }

    /// Whether a patch may hold a document twice, and documents that exclude each other.
    #[must_use]
    pub fn takes_patches_unchecked(self) -> bool {
        self.minor >= 14
    }

    /// Whether `$patch: delete` of a document that is not there is passed over; else it leaves a document that does not
    /// load.
    #[must_use]
    pub fn passes_over_missing_documents(self) -> bool {
        self.minor >= 14
    }

    /// Whether `$patch: delete` looks into free-form parts, and compares what items of lists are called by their text.
    #[must_use]
    pub fn deletes_by_text(self) -> bool {
        self.minor >= 12
    }

    /// What a scalar is by itself.
    #[must_use]
    pub fn resolve<'t>(self, node: NodeRef<'t, '_>) -> Resolved<'t> {
        if node.kind() != Kind::Scalar {
            return Resolved::Invalid;
        }
        self.resolve_scalar(node.value(), node.node().style, node.node().tag.as_deref())
    }

    /// [`Decoder::resolve`] for a scalar that is no node.
    #[must_use]
    pub fn resolve_scalar<'t>(self, text: &'t str, style: Style, tag: Option<&str>) -> Resolved<'t> {
        if self.heeds_non_specific_tag() && tag == Some("!") && style == Style::Plain {
            return Resolved::Str(text.into());
        }
        resolve_scalar(text, style, tag)
    }

    /// Whether a scalar is taken as a whole number from `min` to `max`.
    ///
    /// # Errors
    /// When it is not.
    #[expect(clippy::cast_possible_truncation, reason = "the decoder converts so")]
    pub fn whole(self, resolved: &Resolved<'_>, min: i128, max: i128) -> Result<(), NotWhole> {
        let within = |number: i128| if (min..=max).contains(&number) { Ok(()) } else { Err(NotWhole::OutOfRange) };
        match resolved {
            Resolved::Int(number) => within(*number),
            Resolved::Float(number) if !self.cuts_fractions() => {
                let is_whole = number.is_finite() && number.fract() == 0.0;
                if is_whole { within(*number as i128) } else { Err(NotWhole::WrongType) }
            }
            Resolved::Float(number) if number.is_nan() => Err(NotWhole::WrongType),
            Resolved::Float(number) => cut(*number, min, max).map_or(Err(NotWhole::OutOfRange), within),
            _ => Err(NotWhole::WrongType),
        }
    }
}

/// Whether the Go type of a format is a structure that reads a text.
fn is_text_structure(format: Format) -> bool {
    matches!(
        format,
        Format::Ip | Format::IpPort | Format::Prefix | Format::ByteSize | Format::ByteSizeOrPercent | Format::Cel
    )
}

/// A float as the older decoders make a whole number of it: the fraction is cut off, and what is out of range is what
/// the processor makes of it, which is only taken by fields of 64 bits.
fn cut(number: f64, min: i128, max: i128) -> Option<i128> {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    #[expect(clippy::cast_possible_truncation, reason = "checked to fit, or meant to saturate")]
    let whole = number as i128;
    let is_signed = min < 0;
    if is_signed {
        // Too large is refused; too small becomes the smallest.
        return if number <= TWO_TO_63 {
            Some(if number == TWO_TO_63 { i128::from(i64::MIN) } else { whole.max(i64::MIN.into()) })
        } else {
            None
        };
    }
    if number > 2.0 * TWO_TO_63 {
        return None;
    }
    let wraps = whole < 0 || whole > i128::from(u64::MAX);
    // Wrapped around, it is a number that only 64 bits hold.
    if wraps { (max == i128::from(u64::MAX)).then_some(max) } else { Some(whole) }
}
