//! Lists and maps: what is put in, taken out and asked.

use super::searches::Sought;
use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::step::AssignHow;
use crate::model::types::Type;
use crate::model::{Api, ExprId, ExprKind, Init};

impl Lowering<'_> {
    /// A method of a list.
    pub(super) fn list_method(
        &mut self,
        node: &Node<'_>,
        list: ExprId,
        name: &str,
    ) -> Option<ExprId> {
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        Some(match (name, &nodes[..]) {
            ("push" | "push_back" | "push_front" | "extend" | "append" | "insert", [.., item])
            | ("extend_from_slice", [item]) => {
                let item = self.put_in(&nodes[..nodes.len() - 1], *item);
                self.learn_of_tasks(list, item);
                let items = self.builder.list(&[item]);
                let ty = self.ty(list);
                let longer = self.typed(ExprKind::Append(list, items), ty, span);
                self.assign(&[list], &[longer], AssignHow::Set, span);
                self.unknown(node)
            }
            ("pop_front" | "pop_first", []) => self.take_first(list, node),
            ("pop", []) if self.is_heap(list) => self.take_first(list, node),
            ("pop" | "pop_back" | "pop_last", []) => self.take_last(list, node),
            ("remove" | "swap_remove" | "take", [at]) => {
                let at = self.expression(*at);
                let taken = self.element_at(list, at, node);
                let rest = self.part_of_list(list, Some(at), None, node);
                self.assign(&[list], &[rest], AssignHow::Set, span);
                taken
            }
            ("drain", [range]) if self.is_first_part(range) => {
                self.take_first_part(list, range, node)
            }
            ("drain" | "split_off", _) | ("clear", []) => {
                for node in &nodes {
                    self.expression(*node);
                }
                let taken = self.unnamed("taken", self.ty(list), span);
                let taken = self.variable_value(taken, span);
                self.assign(&[taken], &[list], AssignHow::Define, span);
                let ty = self.ty(list);
                let empty = self.typed(ExprKind::Make(ty, None), ty, span);
                self.assign(&[list], &[empty], AssignHow::Set, span);
                taken
            }
            ("for_each", [each]) if self.over_each(node, list, *each) => self.unknown(node),
            ("truncate", [length]) => {
                let length = self.expression(*length);
                let rest = self.part_of_list(list, None, Some(length), node);
                self.assign(&[list], &[rest], AssignHow::Set, span);
                self.unknown(node)
            }
            ("retain" | "retain_mut", [test]) => {
                if !self.over_each(node, list, *test) {
                    self.expression(*test);
                }
                let rest = self.part_of_list(list, None, None, node);
                self.assign(&[list], &[rest], AssignHow::Set, span);
                self.unknown(node)
            }
            _ => return self.list_question(node, list, name),
        })
    }

    /// What is put into a list; `insert` says at which place.
    fn put_in(&mut self, place: &[Node<'_>], item: Node<'_>) -> ExprId {
        for at in place {
            self.expression(*at);
        }
        let item = self.moved(item);
        self.hand_over(item);
        item
    }

    /// A list or a map that is handed a task holds tasks.
    fn learn_of_tasks(&mut self, list: ExprId, item: ExprId) {
        if self.is_handle(item) && self.element_of(self.ty(list)) == basic::UNKNOWN {
            let task = self.ty(item);
            let ty = match *self.builder.program.underlying(self.ty(list)) {
                Type::Map(key, _) => Type::Map(key, task),
                _ => Type::List(task, None),
            };
            let ty = self.builder.ty(ty);
            self.builder.program.exprs[list.index()].ty = ty;
            if let ExprKind::Variable(variable) = *self.builder.program.kind(list) {
                self.builder.program.variables[variable.index()].ty = ty;
            }
        }
    }

    /// What a method asks of a list, or sees of it, without changing it.
    fn list_question(&mut self, node: &Node<'_>, list: ExprId, name: &str) -> Option<ExprId> {
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        Some(match (name, &nodes[..]) {
            ("len", []) => self.typed(ExprKind::Length(list), basic::INTEGER, span),
            ("capacity", []) => self.typed(ExprKind::Capacity(list), basic::INTEGER, span),
            ("is_empty", []) => self.is_empty(list, node),
            ("first" | "front" | "peek" | "front_mut" | "first_mut", []) => {
                let at = self.typed(ExprKind::Int(0), basic::INTEGER, span);
                self.element_at(list, at, node)
            }
            ("last" | "back" | "back_mut" | "last_mut" | "choose", _) => {
                let at = self.unknown(node);
                self.element_at(list, at, node)
            }
            ("get" | "get_mut", [at]) => {
                let at = self.expression(*at);
                self.element_at(list, at, node)
            }
            ("iter" | "iter_mut" | "into_iter" | "as_slice" | "to_vec" | "rev" | "cloned", [])
            | ("copied" | "as_mut_slice" | "into_boxed_slice" | "peekable", []) => list,
            ("skip" | "step_by" | "chain" | "take_while", [_]) => list,
            ("filter", [test]) if self.asks_for_room(test) => {
                let found = self.search(node, list, Sought::Element, test)?;
                let ty = self.ty(list);
                let left = self.typed(ExprKind::Reference(list), ty, span);
                self.filtered.insert(left, found);
                left
            }
            ("max_by_key" | "min_by_key" | "max_by" | "min_by" | "next", _)
                if nodes.len() == usize::from(name != "next")
                    && (name != "next" || self.filtered_behind(list).is_some()) =>
            {
                for node in nodes {
                    self.expression(node);
                }
                match self.filtered_behind(list) {
                    Some(found) => found,
                    None => {
                        let at = self.unknown(node);
                        self.element_at(list, at, node)
                    }
                }
            }
            (_, [test]) => return self.search(node, list, Sought::by(name)?, test),
            _ => return None,
        })
    }

    /// What was found by the filter that a list, also under a name, has passed.
    fn filtered_behind(&self, list: ExprId) -> Option<ExprId> {
        let named = match *self.builder.program.kind(list) {
            ExprKind::Variable(variable) => match self.builder.program.variable(variable).init {
                Init::Value(first) => first,
                _ => list,
            },
            _ => list,
        };
        self.filtered.get(&named).copied()
    }

    /// Whether a list is a heap, whose `pop` takes what is next and not what came last.
    fn is_heap(&self, mut list: ExprId) -> bool {
        let program = &self.builder.program;
        for _ in 0..8 {
            match *program.kind(list) {
                ExprKind::Reference(inner) | ExprKind::Dereference(inner) => list = inner,
                ExprKind::Variable(variable) | ExprKind::Field(_, variable) => {
                    if program.heaps.contains(&variable) {
                        return true;
                    }
                    match program.variable(variable).init {
                        Init::Value(value) => list = value,
                        _ => return false,
                    }
                }
                _ => return false,
            }
        }
        false
    }

    fn element_at(&mut self, list: ExprId, at: ExprId, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let ty = self.element_of(self.ty(list));
        self.typed(ExprKind::Index(list, at), ty, span)
    }

    fn part_of_list(
        &mut self,
        list: ExprId,
        from: Option<ExprId>,
        to: Option<ExprId>,
        node: &Node<'_>,
    ) -> ExprId {
        let span = self.span(node);
        let ty = self.ty(list);
        self.typed(ExprKind::Slice(list, from, to), ty, span)
    }

    fn take_first(&mut self, list: ExprId, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let first = self.typed(ExprKind::Int(0), basic::INTEGER, span);
        let second = self.typed(ExprKind::Int(1), basic::INTEGER, span);
        let element = self.element_at(list, first, node);
        let taken = self.kept_element(element, node);
        let rest = self.part_of_list(list, Some(second), None, node);
        self.assign(&[list], &[rest], AssignHow::Set, span);
        taken
    }

    /// Whether a range is the first part of a list: `..n`, `0..n`.
    fn is_first_part(&self, range: &Node<'_>) -> bool {
        let text = self.text_of(range);
        let (from, to) = text.split_once("..").unwrap_or_default();
        self.kind(range) == Kind::RangeExpression
            && matches!(from.trim(), "" | "0")
            && !to.trim().is_empty()
    }

    /// `list.drain(..n)`: the first items are taken, and the rest stays.
    fn take_first_part(&mut self, list: ExprId, range: &Node<'_>, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let end = self.range_end(range);
        let first = self.part_of_list(list, None, Some(end), node);
        let taken = self.unnamed("taken", self.ty(list), span);
        let taken = self.variable_value(taken, span);
        self.assign(&[taken], &[first], AssignHow::Define, span);
        let rest = self.part_of_list(list, Some(end), None, node);
        self.assign(&[list], &[rest], AssignHow::Set, span);
        taken
    }

    fn take_last(&mut self, list: ExprId, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let length = self.typed(ExprKind::Length(list), basic::INTEGER, span);
        let one = self.typed(ExprKind::Int(1), basic::INTEGER, span);
        let last = self.combine(crate::model::BinaryOp::Subtract, length, one, node);
        let element = self.element_at(list, last, node);
        let taken = self.kept_element(element, node);
        let rest = self.part_of_list(list, None, Some(last), node);
        self.assign(&[list], &[rest], AssignHow::Set, span);
        taken
    }

    fn kept_element(&mut self, element: ExprId, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let ty = self.ty(element);
        let taken = self.unnamed("item", ty, span);
        self.define(taken, element, node);
        self.variable_value(taken, span)
    }

    /// A method of a map.
    pub(super) fn map_method(
        &mut self,
        node: &Node<'_>,
        map: ExprId,
        name: &str,
    ) -> Option<ExprId> {
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        Some(match (name, &nodes[..]) {
            ("insert", [key, value]) => {
                let key = self.expression(*key);
                let value = self.moved(*value);
                self.hand_over(value);
                self.learn_of_tasks(map, value);
                let place = self.element_at(map, key, node);
                self.assign(&[place], &[value], AssignHow::Set, span);
                self.unknown(node)
            }
            ("get" | "get_mut" | "entry", [key]) => {
                let key = self.expression(*key);
                self.element_at(map, key, node)
            }
            ("contains_key", [key]) => {
                let key = self.expression(*key);
                let found = self.element_at(map, key, node);
                let nothing = self.expr(ExprKind::Nil, span);
                self.combine(crate::model::BinaryOp::NotEqual, found, nothing, node)
            }
            ("remove" | "remove_entry" | "swap_remove", [key]) => {
                let key = self.expression(*key);
                let element = self.element_at(map, key, node);
                let taken = self.kept_element(element, node);
                self.api_call(Api::MapDelete, None, &[map, key], span);
                taken
            }
            // What a map yields in the order of its keys is taken as from a list.
            ("pop_first", []) => self.take_first(map, node),
            ("pop_last", []) => self.take_last(map, node),
            ("clear", []) | ("drain", _) => {
                self.api_call(Api::MapDelete, None, &[map], span);
                map
            }
            // Nothing is left of an optional map.
            ("take", []) => {
                self.api_call(Api::MapDelete, None, &[map], span);
                let ty = self.ty(map);
                self.typed(ExprKind::Dereference(map), ty, span)
            }
            ("for_each", [each]) if self.over_each(node, map, *each) => self.unknown(node),
            ("retain", [test]) => {
                if !self.over_each(node, map, *test) {
                    self.expression(*test);
                }
                self.api_call(Api::MapDelete, None, &[map], span);
                self.unknown(node)
            }
            ("len", []) => self.typed(ExprKind::Length(map), basic::INTEGER, span),
            ("is_empty", []) => self.is_empty(map, node),
            ("values" | "values_mut" | "into_values", []) => self.values_of_map(map, node),
            ("iter" | "iter_mut" | "into_iter", []) => map,
            _ => return None,
        })
    }

    fn values_of_map(&mut self, map: ExprId, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let element = self.element_of(self.ty(map));
        let ty = self.builder.ty(Type::List(element, None));
        self.typed(ExprKind::Convert(ty, map), ty, span)
    }

    /// A method of a number: the usual arithmetic under other names.
    pub(super) fn number_method(
        &mut self,
        node: &Node<'_>,
        number: ExprId,
        name: &str,
    ) -> Option<ExprId> {
        use crate::model::BinaryOp;
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        let operator = match name {
            "saturating_add" | "wrapping_add" | "checked_add" => BinaryOp::Add,
            "saturating_sub" | "wrapping_sub" | "checked_sub" => BinaryOp::Subtract,
            "saturating_mul" | "wrapping_mul" | "checked_mul" | "mul_f64" | "mul_f32" => {
                BinaryOp::Multiply
            }
            "div_ceil" => return self.divided_up(node, number),
            "checked_div" | "div_f64" => BinaryOp::Divide,
            "saturating_pow" | "pow" | "powi" | "checked_pow" | "wrapping_pow" => {
                BinaryOp::ShiftLeft
            }
            "checked_shl" | "wrapping_shl" => BinaryOp::ShiftLeft,
            "min" | "max" | "clamp" => return self.limited(node, number, name),
            _ => return None,
        };
        let [other] = nodes[..] else { return None };
        if self.kind(&other) == Kind::ClosureExpression {
            return None;
        }
        let other = self.expression(other);
        let value = self.combine(operator, number, other, node);
        self.builder.program.exprs[value.index()].span = span;
        Some(value)
    }

    /// `n.div_ceil(by)` is `(n + (by - 1)) / by`.
    fn divided_up(&mut self, node: &Node<'_>, number: ExprId) -> Option<ExprId> {
        use crate::model::BinaryOp;
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        let &[by] = &nodes[..] else { return None };
        let by = self.expression(by);
        let ty = self.ty(number);
        let one = self.typed(ExprKind::Int(1), ty, span);
        let less = self.combine(BinaryOp::Subtract, by, one, node);
        let raised = self.combine(BinaryOp::Add, number, less, node);
        Some(self.combine(BinaryOp::Divide, raised, by, node))
    }

    fn limited(&mut self, node: &Node<'_>, number: ExprId, name: &str) -> Option<ExprId> {
        let span = self.span(node);
        let nodes = self.argument_nodes(node);
        let limits: Vec<ExprId> = nodes.iter().map(|&limit| self.expression(limit)).collect();
        let ty = self.ty(number);
        let kind = match (name, &limits[..]) {
            ("min", [limit]) => ExprKind::Min(self.builder.list(&[number, *limit])),
            ("max", [limit]) => ExprKind::Max(self.builder.list(&[number, *limit])),
            ("clamp", [low, high]) => {
                let raised = ExprKind::Max(self.builder.list(&[number, *low]));
                let raised = self.typed(raised, ty, span);
                ExprKind::Min(self.builder.list(&[raised, *high]))
            }
            _ => return None,
        };
        Some(self.typed(kind, ty, span))
    }
}
