namespace NixAiModels.Validation.Pickle;

/// <summary>Classifies a module and a name: what tensors need passes, what known libraries write is reported, what runs
/// code is named, everything else is suspicious.</summary>
internal static class GlobalRules
{
    /// <summary>The rule of joblib's array wrapper, whose BUILD is followed by raw bytes.</summary>
    public static GlobalRule ArrayWrapper { get; } =
        new(null, PermittedUses.New | PermittedUses.Build, CallShape.Anything);

    /// <summary>The rule for a module and a name. What is dangerous cannot be allowed.</summary>
    public static GlobalRule Classify(string module, string name, AllowedNames allowed)
    {
        var plain = Python2Names.ToPython3(module, name);
        return TensorGlobals.Find(plain.Module, plain.Name)
            ?? DangerousGlobals.Find(plain.Module, plain.Name)
            ?? allowed.Find(plain.Module, plain.Name)
            ?? LibraryGlobals.Find(plain.Module, plain.Name)
            ?? AllowedNames.Unlisted;
    }

    /// <summary>Whether a class is one of torch's storages: nothing else may stand in a persistent id.</summary>
    public static bool IsStorage(GlobalValue type) => ReferenceEquals(type.Rule, TensorGlobals.Storage);
}
