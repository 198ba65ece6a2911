namespace NixAiModels.Validation;

/// <summary>One validator as data: what <c>validation.validators.*</c> is in Nix, and an element of <c>validators</c>
/// in <c>.attrs.json</c>.</summary>
public sealed record ValidatorSpec
{
    /// <summary>The validator's name (docs/validation.md lists them), or any name where <see cref="Command"/> is
    /// given.</summary>
    public required string Name { get; init; }

    /// <summary>The action on failure; <see langword="null"/> for the plan's.</summary>
    public OnFailure? OnFailure { get; init; }

    /// <summary>The timeout in seconds; <see langword="null"/> for the plan's.</summary>
    public int? Timeout { get; init; }

    /// <summary>The least severity that fails it; <see langword="null"/> is
    /// <see cref="Severity.Suspicious"/>.</summary>
    public Severity? Refuse { get; init; }

    /// <summary>What it is for, in a sentence; for people.</summary>
    public string? Description { get; init; }

    /// <summary><c>requiredFiles</c>: paths or globs, each of which must match a file.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary><c>fileTypes</c>: the types of content that may be there, or name globs.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary><c>maxSize</c>: the most that all files together may take, such as <c>20G</c> (powers of 1000;
    /// <c>GiB</c> of 1024).</summary>
    public string? Size { get; init; }

    /// <summary><c>license</c>: the accepted licences as the model card spells them; empty accepts any that is
    /// stated.</summary>
    public IReadOnlyList<string>? Licenses { get; init; }

    /// <summary><c>signature</c>: public keys in Nix' format, <c>name:base64</c>.</summary>
    public IReadOnlyList<string>? TrustedPublicKeys { get; init; }

    /// <summary><c>pickleScan</c>: names that pickles may use beside the known ones, <c>module.Class</c> or
    /// <c>module.*</c>.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    /// <summary>A validator of the user's own: the program and its arguments; the model's path is added as the last
    /// one.</summary>
    public IReadOnlyList<string>? Command { get; init; }
}
