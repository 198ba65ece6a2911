namespace NixAiModels.Hub;

/// <summary>The id of a commit, as opposed to a branch or a tag that names one.</summary>
public sealed record CommitId
{
    private const int Digits = 40;

    private readonly string _hex;

    private CommitId(string hex) => _hex = hex;

    /// <summary>Reads an id.</summary>
    /// <param name="text">40 lower-case hexadecimal digits.</param>
    /// <exception cref="FormatException">It is anything else.</exception>
    public static CommitId Parse(string text) =>
        TryParse(text)
        ?? throw new FormatException($"'{Printable.Escape(text)}' is not a commit of {Digits} hexadecimal digits");

    /// <summary>Reads an id; <see langword="null"/> where the text is not a whole one.</summary>
    /// <param name="text">40 lower-case hexadecimal digits, or anything else.</param>
    public static CommitId? TryParse(string? text) => LowerHex.Has(text, Digits) ? new CommitId(text) : null;

    /// <summary>The 40 digits.</summary>
    public override string ToString() => _hex;
}
