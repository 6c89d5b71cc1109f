//! Follows the types of an expression.

use super::read::Tree;
use super::{NAMES, Name, Type};
use crate::version::TalosVersion;

/// The functions that CEL has, with what they give.
const FUNCTIONS: [(&str, Type); 17] = [
    ("bool", Type::Bool),
    ("bytes", Type::Bytes),
    ("double", Type::Double),
    ("duration", Type::Duration),
    ("dyn", Type::Any),
    ("has", Type::Bool),
    ("int", Type::Int),
    ("matches", Type::Bool),
    ("size", Type::Int),
    ("string", Type::Text),
    ("timestamp", Type::Any),
    ("type", Type::Any),
    ("uint", Type::Uint),
    ("contains", Type::Bool),
    ("startsWith", Type::Bool),
    ("endsWith", Type::Bool),
    ("orValue", Type::Any),
];

/// The names of types.
const TYPES: [&str; 12] =
    ["bool", "bytes", "double", "google", "int", "list", "map", "null_type", "optional_type", "string", "type", "uint"];

/// Functions of something, with what they give.
const METHODS: [(&str, Type); 21] = [
    ("contains", Type::Bool),
    ("endsWith", Type::Bool),
    ("startsWith", Type::Bool),
    ("matches", Type::Bool),
    ("size", Type::Int),
    ("hasValue", Type::Bool),
    ("value", Type::Any),
    ("or", Type::Any),
    ("orValue", Type::Any),
    ("optMap", Type::Any),
    ("optFlatMap", Type::Any),
    ("getHours", Type::Int),
    ("getMinutes", Type::Int),
    ("getSeconds", Type::Int),
    ("getMilliseconds", Type::Int),
    ("getFullYear", Type::Int),
    ("getMonth", Type::Int),
    ("getDate", Type::Int),
    ("getDayOfMonth", Type::Int),
    ("getDayOfWeek", Type::Int),
    ("getDayOfYear", Type::Int),
];

/// Macros that give a variable of their own a value after the other, with what they give.
const MACROS: [(&str, Type); 5] = [
    ("all", Type::Bool),
    ("exists", Type::Bool),
    ("exists_one", Type::Bool),
    ("filter", Type::List),
    ("map", Type::List),
];

/// The functions and macros that there are of something of the type `of`.
pub(super) fn methods(of: Type) -> impl Iterator<Item = (&'static str, Type)> {
    let takes = move |name: &str| match of {
        Type::Any => true,
        Type::Text => matches!(name, "contains" | "endsWith" | "startsWith" | "matches" | "size"),
        Type::Bytes => name == "size",
        Type::List | Type::Map => name == "size" || MACROS.iter().any(|(known, _)| *known == name),
        Type::Duration => matches!(name, "getHours" | "getMinutes" | "getSeconds" | "getMilliseconds"),
        _ => false,
    };
    METHODS.iter().chain(&MACROS).copied().filter(move |(name, _)| takes(name))
}

/// What an expression gives.
pub(super) fn type_of(tree: &Tree<'_>, environment: &'static str, version: TalosVersion) -> Result<Type, String> {
    Scope { environment, version, variables: Vec::new() }.type_of(tree)
}

struct Scope<'t> {
    environment: &'static str,
    version: TalosVersion,
    /// Variables of macros.
    variables: Vec<&'t str>,
}

impl<'t> Scope<'t> {
    fn find(&self, scope: &str, name: &str, is_function: bool) -> Option<&'static Name> {
        let is = |known: &&Name| known.scope == scope && known.text == name && known.is_function == is_function;
        NAMES.iter().find(|known| is(known) && known.versions.contains(self.version))
    }

    fn type_of(&mut self, tree: &Tree<'t>) -> Result<Type, String> {
        match tree {
            Tree::Literal(kind, items) => {
                for item in items {
                    self.type_of(item)?;
                }
                Ok(*kind)
            }
            Tree::Name(name) if self.variables.contains(name) => Ok(Type::Any),
            Tree::Name(name) => match self.find(self.environment, name, false) {
                Some(known) => Ok(known.kind),
                // Types can be named, too.
                None if TYPES.contains(name) => Ok(Type::Any),
                None => Err(format!("there is no `{name}` here")),
            },
            Tree::Field(of, name) => match self.type_of(of)? {
                Type::Record(record) => {
                    let known = self.find(record, name, false);
                    known.map(|known| known.kind).ok_or_else(|| format!("`{record}` has no `{name}`"))
                }
                Type::Any | Type::Map => Ok(Type::Any),
                other => Err(format!("a {} has no fields, and `{name}` is asked of one", other.noun())),
            },
            Tree::Item(of, item) => {
                self.type_of(item)?;
                match self.type_of(of)? {
                    Type::Any | Type::List | Type::Map => Ok(Type::Any),
                    other => Err(format!("a {} has no items", other.noun())),
                }
            }
            Tree::Call(None, name, arguments) => self.call(name, arguments),
            Tree::Call(Some(of), name, arguments) => self.method(of, name, arguments),
            Tree::Before(sign, of) => {
                let of = self.type_of(of)?;
                let takes = match (*sign, of) {
                    (_, Type::Any) => true,
                    ("!", _) => of == Type::Bool,
                    _ => matches!(of, Type::Int | Type::Double | Type::Duration),
                };
                if takes { Ok(of) } else { Err(format!("`{sign}` does not go with a {}", of.noun())) }
            }
            Tree::Between(sign, left, right) => {
                let (left, right) = (self.type_of(left)?, self.type_of(right)?);
                between(sign, left, right)
                    .ok_or_else(|| format!("`{sign}` does not go with a {} and a {}", left.noun(), right.noun()))
            }
            Tree::Choice(condition, first, second) => {
                let condition = self.type_of(condition)?;
                if !matches!(condition, Type::Any | Type::Bool) {
                    return Err(format!("a {} chooses nothing", condition.noun()));
                }
                let (first, second) = (self.type_of(first)?, self.type_of(second)?);
                match (first, second) {
                    (Type::Any | Type::Null, _) | (_, Type::Any | Type::Null) => Ok(Type::Any),
                    (first, second) if first == second => Ok(first),
                    _ => Err(format!("a {} or a {} is to be given", first.noun(), second.noun())),
                }
            }
        }
    }

    fn call(&mut self, name: &'t str, arguments: &[Tree<'t>]) -> Result<Type, String> {
        let own = self.find(self.environment, name, true).map(|known| known.kind);
        let standard = || FUNCTIONS.iter().find(|(function, _)| *function == name).map(|(_, kind)| *kind);
        let given = own.or_else(standard).ok_or_else(|| format!("there is no function `{name}` here"))?;
        for argument in arguments {
            self.type_of(argument)?;
        }
        Ok(given)
    }

    fn method(&mut self, of: &Tree<'t>, name: &'t str, arguments: &[Tree<'t>]) -> Result<Type, String> {
        // `optional.of(…)` and its kin are functions with a full stop in their names.
        if matches!(of, Tree::Name("optional")) {
            return Ok(Type::Any);
        }
        self.type_of(of)?;
        if let Some((_, given)) = MACROS.iter().find(|(known, _)| *known == name) {
            let Some((Tree::Name(variable), inner)) = arguments.split_first() else {
                return Err(format!("`{name}` needs a variable of its own"));
            };
            self.variables.push(variable);
            for argument in inner {
                self.type_of(argument)?;
            }
            self.variables.pop();
            return Ok(*given);
        }
        let Some((_, given)) = METHODS.iter().find(|(known, _)| *known == name) else {
            return Err(format!("there is no function `{name}` here"));
        };
        // The first argument of some is a variable.
        if name.starts_with("opt") {
            return Ok(Type::Any);
        }
        for argument in arguments {
            self.type_of(argument)?;
        }
        Ok(*given)
    }
}

/// What an operator between two gives; `None` when it does not take them.
fn between(sign: &str, left: Type, right: Type) -> Option<Type> {
    let is_any = left == Type::Any || right == Type::Any;
    let both = |kinds: &[Type]| left == right && kinds.contains(&left);
    match sign {
        "||" | "&&" => {
            let is_bool = |kind| matches!(kind, Type::Any | Type::Bool);
            (is_bool(left) && is_bool(right)).then_some(Type::Bool)
        }
        "==" | "!=" => (is_any || left == right || left == Type::Null || right == Type::Null).then_some(Type::Bool),
        "in" => matches!(right, Type::Any | Type::List | Type::Map).then_some(Type::Bool),
        "<" | "<=" | ">" | ">=" => {
            const ORDERED: [Type; 7] =
                [Type::Bool, Type::Int, Type::Uint, Type::Double, Type::Text, Type::Bytes, Type::Duration];
            (is_any || both(&ORDERED)).then_some(Type::Bool)
        }
        _ if is_any => Some(Type::Any),
        "+" => both(&[Type::Int, Type::Uint, Type::Double, Type::Text, Type::Bytes, Type::Duration, Type::List])
            .then_some(left),
        "-" => both(&[Type::Int, Type::Uint, Type::Double, Type::Duration]).then_some(left),
        "*" | "/" => both(&[Type::Int, Type::Uint, Type::Double]).then_some(left),
        _ => both(&[Type::Int, Type::Uint]).then_some(left),
    }
}
