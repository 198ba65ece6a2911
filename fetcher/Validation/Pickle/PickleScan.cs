using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>What came of running one stream, which may hold several pickles.</summary>
/// <param name="Findings">What was found, broken places included.</param>
/// <param name="Values">What the pickles hold, one each.</param>
/// <param name="Names">How many names were resolved.</param>
/// <param name="Calls">How many calls and instantiations there were.</param>
/// <param name="IsBroken">Whether the first pickle broke.</param>
/// <param name="Storages">The keys of the storages that the stream asks for, and the bytes that they must have.</param>
internal sealed record PickleScan(
    PickleFindings Findings,
    IReadOnlyList<PickleValue> Values,
    int Names,
    int Calls,
    bool IsBroken,
    IReadOnlyDictionary<string, long> Storages
)
{
    private const int MaxPickles = 100_000;

    // torch/serialization.py, MAGIC_NUMBER: a legacy file is five pickles (this, version, system, object, keys), then
    // raw storages.
    private const int LegacyPickles = 5;
    private static readonly Int128 LegacyMagic = Int128.Parse("119547037146038801333356");

    /// <summary>Runs the pickles of a source from a position on: one after the other, for a loader may ask for all of
    /// them.</summary>
    public static PickleScan Run(
        ByteSource source,
        long position,
        PersistentIds persistentIds,
        AllowedNames allowed,
        ScanBudget budget,
        Action<ByteSource, string> nested
    )
    {
        var findings = new PickleFindings();
        var values = new List<PickleValue>();
        var storages = new Dictionary<string, long>();
        var names = 0;
        var calls = 0;
        var isBroken = false;
        var legacy = false;
        var legacyStart = 0;
        var types = new Dictionary<string, GlobalValue>();
        while (values.Count < MaxPickles)
        {
            if (legacy && values.Count == legacyStart + LegacyPickles)
            {
                // A second torch.save into the same file begins where the storages of the first end.
                if (
                    TorchStorages.Skip(source, position, values[^1], types) is not { } end
                    || source.Peek(end, 1).Length == 0
                )
                {
                    break;
                }

                (legacy, position) = (false, end);
            }

            if (values.Count > 0 && source.Peek(position, 1).Length == 0)
                break;
            var machine = new PickleMachine(
                source,
                position,
                legacy ? PersistentIds.Torch : persistentIds,
                allowed,
                budget,
                nested
            );
            PickleBrokenException? broken = null;
            try
            {
                values.Add(machine.Run());
            }
            catch (PickleBrokenException error)
            {
                broken = error;
            }
            finally
            {
                names += machine.Names;
                calls += machine.Calls;
                // What follows a pickle is only one if it does something, or runs to its end.
                if (
                    values.Count == 0
                    || broken is null
                    || (machine.Names > 0 && machine.Findings.Worst >= Severity.Suspicious)
                )
                {
                    foreach (var entry in machine.Findings.Entries)
                        findings.Add(entry);
                }

                foreach (var (key, type, count) in machine.Storages)
                {
                    var size = count * TorchStorages.ElementSize(type.Name);
                    storages[key] = Math.Max(storages.GetValueOrDefault(key), size);
                    types[key] = type;
                }
            }

            if (broken is not null)
            {
                isBroken = values.Count == 0;
                if (isBroken || machine.Findings.Worst >= Severity.Suspicious)
                {
                    findings.Add(
                        Severity.Suspicious,
                        broken.Offset,
                        "broken",
                        $"{broken.Message}; Python would have run everything before it"
                    );
                }

                break;
            }

            if (!legacy && values[^1] is IntegerValue magic && magic.Value == LegacyMagic)
                (legacy, legacyStart) = (true, values.Count - 1);
            if (machine.Position <= position)
                break;
            position = machine.Position;
        }

        if (values.Count == MaxPickles)
        {
            findings.Add(Severity.Suspicious, position, "STOP", $"followed by more than {MaxPickles} pickles");
        }

        return new PickleScan(findings, values, names, calls, isBroken, storages);
    }
}
