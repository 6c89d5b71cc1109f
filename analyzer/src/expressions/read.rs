//! Reads CEL.

/// An expression.
#[derive(Debug)]
pub(super) enum Tree<'t> {
    /// A literal, or a list or mapping with what is in it.
    Literal(super::Type, Vec<Tree<'t>>),
    /// A variable.
    Name(&'t str),
    /// A field of something.
    Field(Box<Tree<'t>>, &'t str),
    /// An item of something.
    Item(Box<Tree<'t>>, Box<Tree<'t>>),
    /// A call of a function, perhaps of something.
    Call(Option<Box<Tree<'t>>>, &'t str, Vec<Tree<'t>>),
    /// `!` or `-` before something.
    Before(&'t str, Box<Tree<'t>>),
    /// An operator between two.
    Between(&'t str, Box<Tree<'t>>, Box<Tree<'t>>),
    /// One of two, as the first says.
    Choice(Box<Tree<'t>>, Box<Tree<'t>>, Box<Tree<'t>>),
}

impl Tree<'_> {
    /// Whether a variable is named in it.
    pub(super) fn asks_for(&self, name: &str) -> bool {
        let any = |trees: &[Self]| trees.iter().any(|tree| tree.asks_for(name));
        match self {
            Self::Name(own) => *own == name,
            Self::Literal(_, inner) => any(inner),
            Self::Field(of, _) | Self::Before(_, of) => of.asks_for(name),
            Self::Item(of, at) => of.asks_for(name) || at.asks_for(name),
            Self::Call(of, _, arguments) => of.as_ref().is_some_and(|of| of.asks_for(name)) || any(arguments),
            Self::Between(_, first, second) => first.asks_for(name) || second.asks_for(name),
            Self::Choice(first, second, third) => [first, second, third].iter().any(|tree| tree.asks_for(name)),
        }
    }
}

/// Operators between two, weakest first.
const OPERATORS: [&[&str]; 5] =
    [&["||"], &["&&"], &["==", "!=", "<=", ">=", "<", ">", "in"], &["+", "-"], &["*", "/", "%"]];

/// How deep brackets may lie; what is deeper is not looked at.
const MAX_DEPTH: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'t> {
    Name(&'t str),
    Sign(&'t str),
    Literal(super::Type),
    End,
}

/// The tree of an expression; `None` when it is deeper than is looked at.
pub(super) fn read(text: &str) -> Result<Option<Tree<'_>>, String> {
    let mut reader = Reader { rest: text, next: Token::End, depth: 0, is_deep: false };
    reader.step()?;
    let tree = reader.expression();
    if reader.is_deep {
        return Ok(None);
    }
    let tree = tree?;
    match reader.next {
        Token::End => Ok(Some(tree)),
        token => Err(format!("{} is not expected", shown(token))),
    }
}

fn shown(token: Token<'_>) -> String {
    match token {
        Token::Name(text) | Token::Sign(text) => format!("`{text}`"),
        Token::Literal(_) => "a value".to_owned(),
        Token::End => "the end".to_owned(),
    }
}

struct Reader<'t> {
    rest: &'t str,
    next: Token<'t>,
    depth: usize,
    is_deep: bool,
}

impl<'t> Reader<'t> {
    /// Goes on to the next token.
    fn step(&mut self) -> Result<Token<'t>, String> {
        let before = self.next;
        self.rest = self.rest.trim_start();
        while let Some(comment) = self.rest.strip_prefix("//") {
            self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
        }
        self.next = self.token()?;
        Ok(before)
    }

    fn take(&mut self, length: usize) -> &'t str {
        let (token, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        token
    }

    fn token(&mut self) -> Result<Token<'t>, String> {
        const SIGNS: [&str; 26] = [
            "||", "&&", "==", "!=", "<=", ">=", "[?", ".?", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", "(", ")",
            "[", "]", "{", "}", ",", ".",
        ];
        let Some(first) = self.rest.chars().next() else { return Ok(Token::End) };
        let after_dot = self.rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if first.is_ascii_digit() || after_dot {
            return Ok(self.number());
        }
        if let Some(length) = self.text_start() {
            return self.text(length);
        }
        if first.is_ascii_alphabetic() || first == '_' {
            let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let length = self.rest.find(|c: char| !is_inner(c)).unwrap_or(self.rest.len());
            return Ok(match self.take(length) {
                "true" | "false" => Token::Literal(super::Type::Bool),
                "null" => Token::Literal(super::Type::Null),
                "in" => Token::Sign("in"),
                name => Token::Name(name),
            });
        }
        match SIGNS.iter().find(|sign| self.rest.starts_with(**sign)) {
            Some(sign) => Ok(Token::Sign(self.take(sign.len()))),
            None => Err(format!("`{first}` stands for nothing")),
        }
    }

    fn number(&mut self) -> Token<'t> {
        let bytes = self.rest.as_bytes();
        let digits =
            |from: usize, is_digit: fn(&u8) -> bool| from + bytes.iter().skip(from).take_while(|b| is_digit(b)).count();
        let mut kind = super::Type::Int;
        let mut end = digits(0, u8::is_ascii_digit);
        if self.rest.starts_with("0x") {
            end = digits(2, u8::is_ascii_hexdigit);
        } else {
            if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
                end = digits(end + 1, u8::is_ascii_digit);
                kind = super::Type::Double;
            }
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            if matches!(bytes.get(end), Some(b'e' | b'E')) && bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit)
            {
                end = digits(end + 1 + sign, u8::is_ascii_digit);
                kind = super::Type::Double;
            }
        }
        if kind == super::Type::Int && matches!(bytes.get(end), Some(b'u' | b'U')) {
            end += 1;
            kind = super::Type::Uint;
        }
        self.take(end);
        Token::Literal(kind)
    }

    /// The length of what a text may begin with before its quotes.
    fn text_start(&self) -> Option<usize> {
        let length = self.rest.find(|c: char| !"rRbB".contains(c))?;
        (length <= 2 && self.rest[length..].starts_with(['"', '\''])).then_some(length)
    }

    fn text(&mut self, length: usize) -> Result<Token<'t>, String> {
        let prefix = self.take(length).to_ascii_lowercase();
        let kind = if prefix.contains('b') { super::Type::Bytes } else { super::Type::Text };
        let quote =
            ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| self.rest.starts_with(*quote)).unwrap_or("\"");
        self.take(quote.len());
        while !self.rest.is_empty() {
            if self.rest.starts_with(quote) {
                self.take(quote.len());
                return Ok(Token::Literal(kind));
            }
            let is_escape = self.rest.starts_with('\\') && !prefix.contains('r');
            if self.rest.starts_with('\n') && quote.len() == 1 {
                break;
            }
            let length: usize = self.rest.chars().take(if is_escape { 2 } else { 1 }).map(char::len_utf8).sum();
            self.take(length);
        }
        Err("a text does not end".to_owned())
    }

    fn is(&mut self, sign: &str) -> Result<bool, String> {
        let is = self.next == Token::Sign(sign);
        if is {
            self.step()?;
        }
        Ok(is)
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.is(sign)? { Ok(()) } else { Err(format!("{} stands where `{sign}` is expected", shown(self.next))) }
    }

    fn expression(&mut self) -> Result<Tree<'t>, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.is_deep = true;
            return Err(String::new());
        }
        let mut tree = self.operators(0)?;
        if self.is("?")? {
            let first = self.operators(0)?;
            self.expect(":")?;
            let second = self.expression()?;
            tree = Tree::Choice(Box::new(tree), Box::new(first), Box::new(second));
        }
        self.depth -= 1;
        Ok(tree)
    }

    fn operators(&mut self, strength: usize) -> Result<Tree<'t>, String> {
        let Some(operators) = OPERATORS.get(strength) else { return self.with_sign() };
        let mut tree = self.operators(strength + 1)?;
        while let Token::Sign(sign) = self.next
            && operators.contains(&sign)
        {
            self.step()?;
            tree = Tree::Between(sign, Box::new(tree), Box::new(self.operators(strength + 1)?));
        }
        Ok(tree)
    }

    fn with_sign(&mut self) -> Result<Tree<'t>, String> {
        let mut signs = Vec::new();
        while let Token::Sign(sign @ ("!" | "-")) = self.next {
            signs.push(sign);
            self.step()?;
        }
        let mut tree = self.member()?;
        while let Some(sign) = signs.pop() {
            tree = Tree::Before(sign, Box::new(tree));
        }
        Ok(tree)
    }

    fn member(&mut self) -> Result<Tree<'t>, String> {
        let mut tree = self.primary()?;
        loop {
            if self.is(".")? || self.is(".?")? {
                let Token::Name(name) = self.step()? else { return Err("a name is missing after `.`".to_owned()) };
                tree = if self.is("(")? {
                    Tree::Call(Some(Box::new(tree)), name, self.list(")")?)
                } else {
                    Tree::Field(Box::new(tree), name)
                };
            } else if self.is("[")? || self.is("[?")? {
                let item = self.expression()?;
                self.expect("]")?;
                tree = Tree::Item(Box::new(tree), Box::new(item));
            } else {
                return Ok(tree);
            }
        }
    }

    fn primary(&mut self) -> Result<Tree<'t>, String> {
        match self.next {
            Token::Literal(kind) => {
                self.step()?;
                Ok(Tree::Literal(kind, Vec::new()))
            }
            Token::Name(name) => {
                self.step()?;
                if self.is("(")? { Ok(Tree::Call(None, name, self.list(")")?)) } else { Ok(Tree::Name(name)) }
            }
            Token::Sign("(") => {
                self.step()?;
                let tree = self.expression()?;
                self.expect(")")?;
                Ok(tree)
            }
            Token::Sign("[") => {
                self.step()?;
                Ok(Tree::Literal(super::Type::List, self.list("]")?))
            }
            Token::Sign("{") => {
                self.step()?;
                Ok(Tree::Literal(super::Type::Map, self.list("}")?))
            }
            token => Err(format!("{} stands where a value is expected", shown(token))),
        }
    }

    /// Expressions up to a closing sign, with commas or, in mappings, colons between.
    fn list(&mut self, end: &str) -> Result<Vec<Tree<'t>>, String> {
        let mut items = Vec::new();
        while !self.is(end)? {
            self.is("?")?;
            items.push(self.expression()?);
            if end == "}" {
                self.expect(":")?;
                items.push(self.expression()?);
            }
            if !self.is(",")? {
                self.expect(end)?;
                break;
            }
        }
        Ok(items)
    }
}
