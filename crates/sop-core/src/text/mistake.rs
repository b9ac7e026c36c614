//! A syntax error, before the place has a name.

use crate::diagnostic::{Both, Diagnostic, Edit, Fix, Label, Rule};
use crate::text::{Json, Span};

/// A diagnostic before the tree, and with it the place, is known.
pub(super) struct Mistake {
    rule: &'static Rule,
    /// The array or object that it is in, or the value itself.
    pub(super) slot: u32,
    span: Span,
    arguments: Vec<(&'static str, String)>,
    second: Option<(Span, Both)>,
    fix: Option<(Span, String, bool)>,
}

impl Mistake {
    pub(super) fn new(rule: &'static Rule, span: Span) -> Self {
        Self { rule, slot: 0, span, arguments: Vec::new(), second: None, fix: None }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }

    pub(super) fn second(mut self, span: Span, text: Both) -> Self {
        self.second = Some((span, text));
        self
    }

    /// A replacement that can't but be meant.
    pub(super) fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some((span, text.into(), true));
        self
    }

    /// A replacement that the author has to confirm.
    pub(super) fn proposal(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some((span, text.into(), false));
        self
    }

    pub(super) fn into_diagnostic(self, json: &Json) -> Diagnostic {
        let pointer = json.node(self.slot).pointer();
        let mut diagnostic = Diagnostic::new(self.rule, pointer.clone()).at(self.span);
        for (name, value) in self.arguments {
            diagnostic = diagnostic.with(name, value);
        }
        if let Some((span, text)) = self.second {
            diagnostic = diagnostic.label(Label::new(pointer).at(span).saying(text));
        }
        if let Some((span, text, safe)) = self.fix {
            let fix = Fix::new(vec![Edit::Text { span, text }]);
            diagnostic = diagnostic.fix(if safe { fix } else { fix.needs_decision() });
        }
        diagnostic
    }
}
