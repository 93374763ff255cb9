//! The kinds and fields of Go's grammar that lowering knows.

use crate::languages::grammar::tables;

tables! {
    tree_sitter_go::LANGUAGE,
    kinds {
        SourceFile = "source_file", PackageClause = "package_clause", ImportDeclaration = "import_declaration",
        ImportSpec = "import_spec", ImportSpecList = "import_spec_list",
        FunctionDeclaration = "function_declaration", MethodDeclaration = "method_declaration",
        TypeDeclaration = "type_declaration", TypeSpec = "type_spec", TypeAlias = "type_alias",
        VarDeclaration = "var_declaration", VarSpec = "var_spec", VarSpecList = "var_spec_list",
        ConstDeclaration = "const_declaration", ConstSpec = "const_spec",
        ParameterDeclaration = "parameter_declaration", VariadicParameterDeclaration = "variadic_parameter_declaration",
        ParameterList = "parameter_list", TypeParameterDeclaration = "type_parameter_declaration",
        FieldDeclaration = "field_declaration", FieldDeclarationList = "field_declaration_list",
        Block = "block", StatementList = "statement_list", Comment = "comment", Error = "ERROR",
        ShortVarDeclaration = "short_var_declaration", AssignmentStatement = "assignment_statement",
        IncStatement = "inc_statement", DecStatement = "dec_statement", SendStatement = "send_statement",
        ReceiveStatement = "receive_statement", ExpressionStatement = "expression_statement",
        GoStatement = "go_statement", DeferStatement = "defer_statement", ReturnStatement = "return_statement",
        IfStatement = "if_statement", ForStatement = "for_statement", ForClause = "for_clause", RangeClause = "range_clause",
        ExpressionSwitchStatement = "expression_switch_statement", TypeSwitchStatement = "type_switch_statement",
        SelectStatement = "select_statement", CommunicationCase = "communication_case", DefaultCase = "default_case",
        ExpressionCase = "expression_case", TypeCase = "type_case", LabeledStatement = "labeled_statement",
        BreakStatement = "break_statement", ContinueStatement = "continue_statement", GotoStatement = "goto_statement",
        FallthroughStatement = "fallthrough_statement", EmptyStatement = "empty_statement",
        LabelName = "label_name", ExpressionList = "expression_list",
        CallExpression = "call_expression", ArgumentList = "argument_list", VariadicArgument = "variadic_argument",
        SelectorExpression = "selector_expression", IndexExpression = "index_expression", SliceExpression = "slice_expression",
        UnaryExpression = "unary_expression", BinaryExpression = "binary_expression",
        ParenthesizedExpression = "parenthesized_expression", FuncLiteral = "func_literal",
        CompositeLiteral = "composite_literal", LiteralValue = "literal_value", LiteralElement = "literal_element",
        KeyedElement = "keyed_element", TypeAssertionExpression = "type_assertion_expression",
        TypeConversionExpression = "type_conversion_expression", TypeInstantiationExpression = "type_instantiation_expression",
        Identifier = "identifier", BlankIdentifier = "blank_identifier", FieldIdentifier = "field_identifier",
        TypeIdentifier = "type_identifier", PackageIdentifier = "package_identifier",
        IntLiteral = "int_literal", FloatLiteral = "float_literal", RuneLiteral = "rune_literal", ImaginaryLiteral = "imaginary_literal",
        InterpretedStringLiteral = "interpreted_string_literal", RawStringLiteral = "raw_string_literal",
        True = "true", False = "false", Nil = "nil", Iota = "iota", Dot = "dot",
        PointerType = "pointer_type", ChannelType = "channel_type", SliceType = "slice_type", ArrayType = "array_type",
        ImplicitLengthArrayType = "implicit_length_array_type", MapType = "map_type", FunctionType = "function_type",
        StructType = "struct_type", InterfaceType = "interface_type", QualifiedType = "qualified_type",
        GenericType = "generic_type", ParenthesizedType = "parenthesized_type", NegatedType = "negated_type",
        TypeArguments = "type_arguments", TypeElem = "type_elem", MethodElem = "method_elem",
    }
    fields {
        alias, alternative, arguments, body, channel, communication, condition, consequence, element, end, field,
        function, index, initializer, key, label, left, length, name, operand, operator, package, parameters, path,
        receiver, result, right, start, r#type, type_arguments, type_parameters, update, value,
    }
}
