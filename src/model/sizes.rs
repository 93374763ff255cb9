//! How many bytes a value takes where it lies, on a machine with 64-bit words. What it points
//! at is not counted.

use super::{Library, Program, Type, TypeId};

const WORD: u64 = 8;
const MAX_DEPTH: u32 = 12;

impl Program {
    /// The size of a value of this type in bytes, where it is known.
    pub fn size_of(&self, id: TypeId) -> Option<u64> {
        self.layout(id, MAX_DEPTH).map(|(size, _)| size)
    }

    /// Size and alignment.
    fn layout(&self, id: TypeId, depth: u32) -> Option<(u64, u64)> {
        let depth = depth.checked_sub(1)?;
        match *self.ty(id) {
            Type::Boolean => Some((1, 1)),
            Type::Integer(bytes) => Some((u64::from(bytes).max(1), u64::from(bytes).max(1))),
            Type::Float | Type::Pointer(_) | Type::Map(..) | Type::Channel(..) => {
                Some((WORD, WORD))
            }
            Type::Function(..) => Some((WORD, WORD)),
            Type::Text | Type::Error | Type::Interface => Some((2 * WORD, WORD)),
            Type::List(_, None) => Some((3 * WORD, WORD)),
            Type::List(element, Some(count)) => {
                let (size, align) = self.layout(element, depth)?;
                Some((size.checked_mul(count)?, align))
            }
            Type::Unit => Some((0, 1)),
            Type::Guarded(_, inner) => self.layout(inner, depth),
            Type::Library(Library::Duration) => Some((WORD, WORD)),
            Type::Library(Library::Instant) => Some((3 * WORD, WORD)),
            Type::Library(Library::Context) => Some((2 * WORD, WORD)),
            Type::Named(named) => {
                let named = &self.named[named.index()];
                if named.is_interface {
                    return Some((2 * WORD, WORD));
                }
                if let Some(underlying) = named.underlying {
                    return self.layout(underlying, depth);
                }
                named.span?;
                let fields = named
                    .fields
                    .iter()
                    .map(|&(_, field)| self.variable(field).ty);
                self.layout_of_fields(fields, depth)
            }
            _ => None,
        }
    }

    fn layout_of_fields(
        &self,
        fields: impl Iterator<Item = TypeId>,
        depth: u32,
    ) -> Option<(u64, u64)> {
        let (mut size, mut align) = (0u64, 1u64);
        for field in fields {
            let (field_size, field_align) = self.layout(field, depth)?;
            size = size.next_multiple_of(field_align).checked_add(field_size)?;
            align = align.max(field_align);
        }
        Some((size.next_multiple_of(align), align))
    }
}
