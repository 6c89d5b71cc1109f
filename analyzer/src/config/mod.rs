//! Base and patches to one effective configuration, as Talos makes it, each value with its place.
//!
//! Strategic merge patches follow Talos's merging of decoded values, per version; JSON patches follow the library that
//! Talos uses. Values stay as they are written.

mod canonical;
mod delete;
mod encode;
mod json_patch;
mod layer;
mod merge;
mod read;
mod remark;
mod render;
mod shown;
mod url;
mod value;

pub use canonical::canonical;
pub use layer::{Document, Layered, layer};
pub use remark::{Remark, RemarkKind};
pub use render::{Place, places, render};
pub use shown::{Showing, shown};
pub use value::{Content, Entry, Origin, Refusal, RefusalKind, Scalar, Value};
