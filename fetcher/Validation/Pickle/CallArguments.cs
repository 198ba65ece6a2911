namespace NixAiModels.Validation.Pickle;

/// <summary>Looks for arguments that a callee could call: whatever is named in them might be.</summary>
internal static class CallArguments
{
    private const int MaxVisited = 20_000;

    /// <summary>What makes the arguments unsafe, or <see langword="null"/>.</summary>
    /// <param name="callee">The function that gets them.</param>
    /// <param name="arguments">The arguments, searched to any depth.</param>
    /// <param name="typesPass">Whether known classes and dtypes may be named.</param>
    public static string? FindHazard(GlobalValue callee, IEnumerable<PickleValue> arguments, bool typesPass)
    {
        var waiting = new Stack<PickleValue>(arguments);
        var seen = new HashSet<PickleValue>(ReferenceEqualityComparer.Instance);
        while (waiting.TryPop(out var value))
        {
            if (seen.Count > MaxVisited)
                return $"passes more to {callee} than can be followed";
            switch (value)
            {
                case GlobalValue global when !Passes(callee, global, typesPass):
                    return $"passes {global} to {callee}, which may call it";
                case PlainValue when value == PlainValue.Unknown || value == PlainValue.Opaque:
                case SequenceValue { IsOpaque: true } or MappingValue { IsOpaque: true }:
                    return $"passes a value that cannot be determined to {callee}";
                case SequenceValue sequence when seen.Add(sequence):
                    sequence.Items.ForEach(Push);
                    break;
                case MappingValue mapping when seen.Add(mapping):
                    mapping.Pairs.ForEach(pair =>
                    {
                        Push(pair.Key);
                        Push(pair.Value);
                    });
                    break;
            }
        }

        return null;

        void Push(PickleValue item)
        {
            if (!item.IsConstant || item == PlainValue.Unknown)
                waiting.Push(item);
        }
    }

    // Code that nobody read may call what it gets: then only what is harmless with any arguments passes.
    private static bool Passes(GlobalValue callee, GlobalValue global, bool typesPass) =>
        global.Rule.OpensFiles
            ? callee.Name == "_reconstruct"
            : global.Rule is { Severity: null, PermittedUses: PermittedUses.Nothing }
                || callee.Rule.IsUnread && (global.Rule.IsUnread || LibraryFunctions.IsArithmetic(global.Rule))
                || !callee.Rule.IsUnread && typesPass && !global.Rule.IsDangerous;
}
