//! A grammar's node kinds and fields as numbers, looked up once.

/// Declares `Kind`, `Fields`, `Grammar` and `grammar()` for a grammar.
macro_rules! tables {
    (
        $language:path,
        kinds { $($kind:ident = $text:literal),* $(,)? }
        fields { $($field:ident),* $(,)? }
    ) => {
        /// A node kind that lowering knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Kind { Other, $($kind),* }

        const NAMES: &[(&str, Kind)] = &[$(($text, Kind::$kind)),*];

        /// Field numbers of the grammar.
        #[derive(Clone, Copy, Debug, Default)]
        pub(super) struct Fields { $(pub $field: u16),* }

        fn look_up(language: &tree_sitter::Language) -> Fields {
            let of = |name: &str| {
                let id = language.field_id_for_name(name.trim_start_matches("r#"));
                id.map_or(0, |id| id.get())
            };
            Fields { $($field: of(stringify!($field))),* }
        }

        /// Kinds and fields of the grammar.
        pub(super) struct Grammar {
            kinds: Vec<Kind>,
            pub fields: Fields,
        }

        impl Grammar {
            /// The kind of a node.
            pub fn kind(&self, node: &crate::languages::syntax::Node<'_>) -> Kind {
                let kind = self.kinds.get(node.kind_id() as usize).copied();
                kind.unwrap_or(Kind::Error)
            }
        }

        /// The one table, made at first use.
        pub(super) fn grammar() -> &'static Grammar {
            static GRAMMAR: std::sync::OnceLock<Grammar> = std::sync::OnceLock::new();
            GRAMMAR.get_or_init(|| {
                let language: tree_sitter::Language = $language.into();
                let mut kinds = vec![Kind::Other; language.node_kind_count()];
                for (id, kind) in kinds.iter_mut().enumerate() {
                    let id = id as u16;
                    if !language.node_kind_is_named(id) {
                        continue;
                    }
                    let text = language.node_kind_for_id(id).unwrap_or("");
                    if let Some((_, known)) = NAMES.iter().find(|(name, _)| *name == text) {
                        *kind = *known;
                    }
                }
                Grammar { kinds, fields: look_up(&language) }
            })
        }
    };
}

pub(super) use tables;
