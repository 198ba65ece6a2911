namespace NixAiModels.Validation.Pickle;

/// <summary>What a stream may do with something that it names.</summary>
[Flags]
internal enum PermittedUses
{
    /// <summary>Hold it, as data.</summary>
    Nothing = 0,

    /// <summary>Call it (REDUCE, INST, OBJ).</summary>
    Call = 1,

    /// <summary>Make an instance without its initialiser (NEWOBJ, copyreg._reconstructor).</summary>
    New = 2,

    /// <summary>Set an instance's state (BUILD).</summary>
    Build = 4,

    /// <summary>Add items to an instance by key.</summary>
    SetItems = 8,

    /// <summary>Add items to an instance's end.</summary>
    Append = 16,

    /// <summary>Set attributes in slots, which runs the setters of its class.</summary>
    SetSlots = 32,
}

/// <summary>How a call's arguments are checked. What an allowed callable does with hostile arguments decides whether it
/// is allowed.</summary>
internal enum CallShape
{
    /// <summary>Data and objects made by allowed calls; nothing that was named, since it might be called.</summary>
    DataOnly,

    /// <summary>Anything: the callable only stores it.</summary>
    Anything,

    /// <summary>As <see cref="DataOnly"/>, but classes and dtypes of the allow-list may be named.</summary>
    DataAndTypes,

    /// <summary>_codecs.encode: only codecs that turn text into bytes.</summary>
    Encode,

    /// <summary>copyreg._reconstructor(class, base, state).</summary>
    Reconstructor,

    /// <summary>copyreg.__newobj__ and __newobj_ex__.</summary>
    NewObject,

    /// <summary>numpy.dtype(code, align, copy).</summary>
    ArrayType,

    /// <summary>torch.storage._load_from_bytes: a file in the file.</summary>
    NestedTorch,

    /// <summary>torch._tensor._rebuild_from_type_v2(function, type, arguments, state): calls the function.</summary>
    RebuildFromType,

    /// <summary>jax's _reconstruct_array(function, arguments, state, properties): numpy's, in one call.</summary>
    JaxArray,

    /// <summary>collections.defaultdict(factory, …): the factory is called later.</summary>
    DefaultDict,

    /// <summary>numpy.core._ufunc_reconstruct(module, name): imports.</summary>
    UniversalFunction,

    /// <summary>An enumeration's member by its value: one constant.</summary>
    OneConstant,

    /// <summary>getattr(class, name): how Python 3.11 wrote an enumeration's member; anything else is
    /// dangerous.</summary>
    EnumerationMember,

    /// <summary>numpy.random's constructors: a bit generator by name.</summary>
    RandomGenerator,
}

/// <summary>The rule for one module and name.</summary>
/// <param name="Severity">What naming it already is; <see langword="null"/> if it is what tensors need.</param>
/// <param name="PermittedUses">What may be done with it.</param>
/// <param name="Shape">How a call's arguments are checked.</param>
/// <param name="Effect">Of a dangerous one, what it does.</param>
internal sealed record GlobalRule(
    Severity? Severity,
    PermittedUses PermittedUses,
    CallShape Shape = CallShape.DataOnly,
    string? Effect = null
)
{
    /// <summary>Whether the class's own <c>__setstate__</c> was read, and takes any data: tuples, numbers,
    /// arrays.</summary>
    public bool TakesData { get; init; }

    /// <summary>Whether it has a <c>__hash__</c> or <c>__eq__</c> of its own, which a dictionary or a set
    /// calls.</summary>
    public bool HashRuns { get; init; }

    /// <summary>Whether calling it opens a file: then it may only be named as the type of an array.</summary>
    public bool OpensFiles { get; init; }

    /// <summary>Whether a user allowed it, or would have to: nobody read its code.</summary>
    public bool IsUnread => Severity is Validation.Severity.Note or Validation.Severity.Suspicious;

    /// <summary>Whether it is dangerous whatever is done with it.</summary>
    public bool IsDangerous => Severity is Validation.Severity.Dangerous;

    /// <summary>Whether it is harmless with the right arguments only: then it must be called at once, where these can
    /// be checked. Held by a container, an attribute or another call's arguments, it could be called later with
    /// any.</summary>
    public bool MustBeCalled =>
        Shape
            is CallShape.Encode
                or CallShape.Reconstructor
                or CallShape.NewObject
                or CallShape.NestedTorch
                or CallShape.RebuildFromType
                or CallShape.UniversalFunction;
}
