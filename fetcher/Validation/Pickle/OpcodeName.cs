namespace NixAiModels.Validation.Pickle;

/// <summary>Opcodes by the names that Python's pickletools gives them.</summary>
internal static class OpcodeName
{
    /// <summary>The name, such as STACK_GLOBAL.</summary>
    public static string Of(Opcode opcode) =>
        opcode switch
        {
            Opcode.StackGlobal => "STACK_GLOBAL",
            Opcode.NewObjEx => "NEWOBJ_EX",
            Opcode.PopMark => "POP_MARK",
            Opcode.EmptyDict => "EMPTY_DICT",
            Opcode.EmptyList => "EMPTY_LIST",
            Opcode.EmptyTuple => "EMPTY_TUPLE",
            Opcode.EmptySet => "EMPTY_SET",
            Opcode.NextBuffer => "NEXT_BUFFER",
            Opcode.ReadOnlyBuffer => "READONLY_BUFFER",
            Opcode.LongBinGet => "LONG_BINGET",
            Opcode.LongBinPut => "LONG_BINPUT",
            Opcode.ShortBinBytes => "SHORT_BINBYTES",
            Opcode.ShortBinString => "SHORT_BINSTRING",
            Opcode.ShortBinUnicode => "SHORT_BINUNICODE",
            _ => opcode.ToString().ToUpperInvariant(),
        };
}
