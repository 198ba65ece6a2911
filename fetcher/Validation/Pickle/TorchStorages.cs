using System.Buffers.Binary;
using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>Raw storages as torch.save wrote them before 1.6: the number of elements (8 bytes), then the elements
/// (torch/serialization.py, _legacy_load; torch/csrc/generic/serialization.cpp).</summary>
internal static class TorchStorages
{
    /// <summary>More elements than any storage has.</summary>
    public const long MostElements = long.MaxValue / 32;

    /// <summary>Where the storages of a legacy file end, or <see langword="null"/> if unknown.</summary>
    /// <param name="source">The file.</param>
    /// <param name="position">Where they begin.</param>
    /// <param name="keys">The list of keys, in the order of the storages.</param>
    /// <param name="types">The class of each key's storage.</param>
    public static long? Skip(
        ByteSource source,
        long position,
        PickleValue keys,
        IReadOnlyDictionary<string, GlobalValue> types
    )
    {
        if (keys is not SequenceValue { IsCut: false } list)
            return null;
        foreach (var item in list.Items)
        {
            if (
                item is not TextValue key
                || !types.TryGetValue(key.Text, out var type)
                || Skip(source, position, type.Name) is not { } next
            )
            {
                return null;
            }

            position = next;
        }

        return position;
    }

    /// <summary>Where a storage of a class ends, or <see langword="null"/>.</summary>
    public static long? Skip(ByteSource source, long position, string type)
    {
        var bytes = source.Peek(position, 8);
        if (
            bytes.Length < 8
            || BinaryPrimitives.ReadInt64LittleEndian(bytes) is not (>= 0 and <= MostElements and var count)
        )
        {
            return null;
        }

        return position + 8 + (count * ElementSize(type));
    }

    /// <summary>Bytes of an element of a class of storages; 1 if unknown.</summary>
    public static int ElementSize(string storage) =>
        storage switch
        {
            "DoubleStorage" or "LongStorage" or "ComplexFloatStorage" => 8,
            "FloatStorage" or "IntStorage" or "QInt32Storage" => 4,
            "HalfStorage" or "ShortStorage" or "BFloat16Storage" => 2,
            "ComplexDoubleStorage" => 16,
            _ => 1,
        };
}
