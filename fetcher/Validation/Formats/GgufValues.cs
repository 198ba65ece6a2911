namespace NixAiModels.Validation.Formats;

/// <summary>Skips the values of GGUF's key-values, whose types are numbered (ggml <c>docs/gguf.md</c>).</summary>
internal static class GgufValues
{
    /// <summary>The type of strings.</summary>
    public const int StringType = 8;

    private const int BooleanType = 7;
    private const int ArrayType = 9;
    private const int MaxArrayDepth = 8;

    /// <summary>Skips the value at the file's position.</summary>
    /// <exception cref="BrokenFileException">The value breaks a rule of the format.</exception>
    public static void Skip(FileBytes file, uint type) => Skip(file, type, 0);

    private static void Skip(FileBytes file, uint type, int depth)
    {
        if (type == StringType)
        {
            file.Skip(file.ReadUInt64());
        }
        else if (type == ArrayType)
        {
            SkipArray(file, depth);
        }
        else if (type == BooleanType)
        {
            if (file.ReadByte() > 1)
                throw new BrokenFileException(file.Position - 1, "boolean is neither 0 nor 1");
        }
        else
        {
            file.Skip(FixedSize(file, type));
        }
    }

    private static void SkipArray(FileBytes file, int depth)
    {
        var offset = file.Position;
        if (depth >= MaxArrayDepth)
            throw new BrokenFileException(offset, $"arrays nested more than {MaxArrayDepth} deep");
        var type = file.ReadUInt32();
        var count = file.ReadUInt64();
        if (type is not (StringType or ArrayType))
        {
            var size = (UInt128)count * FixedSize(file, type);
            if (size > (ulong)file.Remaining)
                throw new BrokenFileException(offset, $"array of {count} values does not fit in the file");
            if (type == BooleanType)
            {
                for (ulong i = 0; i < count; i++)
                    Skip(file, type, depth);
                return;
            }

            file.Skip((ulong)size);
            return;
        }

        // A string takes at least the 8 bytes of its length, an array 12.
        if ((UInt128)count * 8 > (ulong)file.Remaining)
            throw new BrokenFileException(offset, $"array of {count} values does not fit in the file");
        for (ulong i = 0; i < count; i++)
            Skip(file, type, depth + 1);
    }

    private static ulong FixedSize(FileBytes file, uint type) =>
        type switch
        {
            0 or 1 or 7 => 1,
            2 or 3 => 2,
            4 or 5 or 6 => 4,
            10 or 11 or 12 => 8,
            _ => throw new BrokenFileException(file.Position, $"unknown value type {type}"),
        };
}
