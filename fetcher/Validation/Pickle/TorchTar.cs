using System.Buffers.Binary;
using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>The members <c>storages</c> and <c>tensors</c> of the tars that torch.save wrote until 2016: pickles with raw numbers between them
/// (torch/serialization.py, legacy_load).</summary>
internal static class TorchTar
{
    private const int MostDimensions = 64;

    /// <summary>Runs the pickles and passes over what lies between them.</summary>
    public static void Scan(ByteSource source, bool isTensors, PickleFindings findings, ScanBudget budget)
    {
        var position = 0L;
        try
        {
            var count = Run(ref position) is IntegerValue known ? known.Value : 0;
            for (Int128 index = 0; index < count; index++)
            {
                var described = Run(ref position) as SequenceValue;
                if (isTensors)
                    PassTensor(ref position);
                else
                    PassStorage(described, ref position);
            }

            if (!isTensors)
                Run(ref position);
        }
        catch (PickleBrokenException error)
        {
            findings.Add(Severity.Suspicious, error.Offset, "broken", $"{error.Message}: Python would have run everything before");
        }

        PickleValue Run(ref long at)
        {
            budget.Cancellation.ThrowIfCancellationRequested();
            var machine = new PickleMachine(source, at, PersistentIds.None, budget, (_, _) => { });
            try
            {
                return machine.Run();
            }
            finally
            {
                at = machine.Position;
                foreach (var entry in machine.Findings.Entries)
                    findings.Add(entry.Severity, entry.Offset, entry.Opcode, entry.Message);
            }
        }

        // A storage: its length in elements, then the elements.
        void PassStorage(SequenceValue? described, ref long at)
        {
            var length = Number(at);
            at += 8;
            if (described?.Items is not [_, _, GlobalValue type, ..] || !GlobalRules.IsStorage(type) || length is < 0 or > long.MaxValue / 16)
                throw new PickleBrokenException(at, "has a storage of which nobody can tell the size");
            at += length * ElementSize(type.Name);
        }

        // A tensor: the number of dimensions and four unused bytes, sizes, strides, offset.
        void PassTensor(ref long at)
        {
            var bytes = source.Peek(at, 4);
            if (bytes.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(bytes) is not (>= 0 and <= MostDimensions and var dimensions))
                throw new PickleBrokenException(at, "has a tensor of which nobody can tell the size");
            at += 8 + (16 * dimensions) + 8;
        }

        long Number(long at) => source.Peek(at, 8) is { Length: 8 } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : -1;
    }

    private static int ElementSize(string storage) => storage switch
    {
        "DoubleStorage" or "LongStorage" or "ComplexFloatStorage" => 8,
        "FloatStorage" or "IntStorage" => 4,
        "HalfStorage" or "ShortStorage" or "BFloat16Storage" => 2,
        "ComplexDoubleStorage" => 16,
        _ => 1,
    };
}
