using System.Buffers.Binary;
using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>The members <c>storages</c> and <c>tensors</c> of the tars that torch.save wrote until 2016: pickles with
/// raw numbers between them (torch/serialization.py, legacy_load).</summary>
internal static class TorchTar
{
    private const int MaxDimensions = 64;

    /// <summary>Runs the pickles and passes over what lies between them.</summary>
    public static void Scan(
        ByteSource source,
        bool isTensors,
        PickleFindings findings,
        AllowedNames allowed,
        ScanBudget budget
    )
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
            findings.Add(
                Severity.Suspicious,
                error.Offset,
                "broken",
                $"{error.Message}; Python would have run everything before it"
            );
        }

        PickleValue Run(ref long at)
        {
            budget.Cancellation.ThrowIfCancellationRequested();
            var machine = new PickleMachine(source, at, PersistentIds.None, allowed, budget, (_, _) => { });
            try
            {
                return machine.Run();
            }
            finally
            {
                at = machine.Position;
                foreach (var entry in machine.Findings.Entries)
                    findings.Add(entry);
            }
        }

        void PassStorage(SequenceValue? described, ref long at)
        {
            if (
                described?.Items is not [_, _, GlobalValue type, ..]
                || !GlobalRules.IsStorage(type)
                || TorchStorages.Skip(source, at, type.Name) is not { } next
            )
            {
                throw new PickleBrokenException(at, "storage of unknown size");
            }

            at = next;
        }

        // A tensor: the number of dimensions and four unused bytes, sizes, strides, offset.
        void PassTensor(ref long at)
        {
            var bytes = source.Peek(at, 4);
            if (
                bytes.Length < 4
                || BinaryPrimitives.ReadInt32LittleEndian(bytes) is not (>= 0 and <= MaxDimensions and var dimensions)
            )
            {
                throw new PickleBrokenException(at, "tensor of unknown size");
            }

            at += 8 + (16 * dimensions) + 8;
        }
    }
}
