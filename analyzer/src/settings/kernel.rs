//! The kernel command line: what arguments do, not what they say.
//!
//! Talos puts its defaults first and adds what is configured after them; `-name` takes a default away. The kernel
//! mostly obeys the last value of an argument, Talos itself reads the first.

use super::lookup::{added_items, find};
use crate::input::{Input, InputKind, is_unknown_text};
use crate::syntax::{Kind, NodeRef};
use crate::text::Span;

/// One argument as written.
#[derive(Clone, Copy, Debug)]
pub struct Argument<'t> {
    /// The name, without the `-` that takes it away.
    pub name: &'t str,
    /// What follows the first `=`; `None` without one.
    pub value: Option<&'t str>,
    /// Whether it takes earlier values of this name away, `-name`.
    pub removes: bool,
    /// The bytes of the whole argument.
    pub span: Span,
    /// The kind of the document, for findings.
    pub kind: &'static str,
}

/// Where the arguments come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Added to the defaults of Talos.
    Added,
    /// The whole command line of a machine, defaults and all.
    Whole,
}

/// The arguments that a source gives, in their order.
#[derive(Debug)]
pub struct KernelArguments<'t> {
    arguments: Vec<(Origin, Argument<'t>)>,
    /// Whether the source is the whole command line of a machine.
    pub is_whole: bool,
}

/// What becomes of one argument.
#[derive(Clone, Copy, Debug)]
pub enum Effect<'t> {
    /// Nothing is written: the default holds.
    Default,
    /// The kernel gets this value last.
    Value(Argument<'t>),
    /// The default is taken away and nothing is put in its place.
    Removed(Argument<'t>),
    /// A value that is not known before deployment.
    Unknown,
}

const INSTALL_PATH: &[&str] = &["machine", "install", "extraKernelArgs"];

impl<'t> KernelArguments<'t> {
    /// Gathers the arguments of `inputs`: `machine.install.extraKernelArgs`, the `extraKernelArgs` of a schematic, or a
    /// whole command line.
    #[must_use]
    pub fn read(inputs: &[Input<'t, '_>], text: &'t str) -> Self {
        let mut arguments = Vec::new();
        let mut is_whole = false;
        for found in find(inputs, crate::tables::V1ALPHA1, INSTALL_PATH) {
            for item in found.node.items() {
                tokens(item.resolved(), text, found.kind, Origin::Added, &mut arguments);
            }
        }
        for item in added_items(inputs, INSTALL_PATH) {
            tokens(item, text, InputKind::JsonPatch.name(), Origin::Added, &mut arguments);
        }
        for input in inputs {
            let Some(root) = input.root else { continue };
            match input.kind {
                InputKind::Schematic => {
                    let list = root.at(&["customization", "extraKernelArgs"]);
                    for item in list.into_iter().flat_map(NodeRef::items) {
                        tokens(item.resolved(), text, input.kind.name(), Origin::Added, &mut arguments);
                    }
                }
                InputKind::KernelCommandLine => {
                    is_whole = true;
                    tokens(root, text, input.kind.name(), Origin::Whole, &mut arguments);
                }
                _ => {}
            }
        }
        Self { arguments, is_whole }
    }

    /// All arguments, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Argument<'t>> {
        self.arguments.iter().map(|(_, argument)| argument)
    }

    /// What becomes of the argument `name`.
    #[must_use]
    pub fn effect(&self, name: &str) -> Effect<'t> {
        let mut effect = Effect::Default;
        for (origin, argument) in self.arguments.iter().filter(|(_, argument)| same_name(argument.name, name)) {
            if argument.value.is_some_and(is_unknown_text) {
                return Effect::Unknown;
            }
            let removes = argument.removes && *origin == Origin::Added;
            effect = match (removes, argument.value) {
                (false, _) => Effect::Value(*argument),
                (true, None | Some("")) => Effect::Removed(*argument),
                // `-name=value` takes only that value away; whether it is the default's is for the rule.
                (true, Some(_)) => effect,
            };
        }
        effect
    }
}

/// Whether two names are one argument to the kernel, which tells `-` and `_` apart nowhere.
fn same_name(a: &str, b: &str) -> bool {
    let fold = |byte: u8| if byte == b'-' { b'_' } else { byte };
    a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(a, b)| fold(a) == fold(b))
}

fn tokens<'t>(
    node: NodeRef<'t, '_>,
    text: &'t str,
    kind: &'static str,
    origin: Origin,
    arguments: &mut Vec<(Origin, Argument<'t>)>,
) {
    if node.kind() != Kind::Scalar || is_unknown_text(node.value()) {
        return;
    }
    let value = node.value();
    let offset = node.span().slice(text).find(value).filter(|_| !value.is_empty());
    for word in value.split_whitespace() {
        let start = word.as_ptr() as usize - value.as_ptr() as usize;
        let span = match offset {
            Some(offset) => {
                let start = node.span().start as usize + offset + start;
                Span::new(start, start + word.len())
            }
            None => node.span(),
        };
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        let removes = name.len() > 1 && name.starts_with('-') && origin == Origin::Added;
        let name = if removes { &name[1..] } else { name };
        arguments.push((origin, Argument { name, value, removes, span, kind }));
    }
}

/// A boolean as the kernel reads it; `None` when it is none, and the argument has no effect.
#[must_use]
pub fn kernel_bool(value: &str) -> Option<bool> {
    match value.as_bytes() {
        [b'y' | b'Y' | b't' | b'T' | b'1', ..] | [b'o' | b'O', b'n' | b'N', ..] => Some(true),
        [b'n' | b'N' | b'f' | b'F' | b'0', ..] | [b'o' | b'O', b'f' | b'F', ..] => Some(false),
        _ => None,
    }
}
