namespace NixAiModels.Validation;

/// <summary>A file that is not what its format wants: the reader stops at the first such place, and its validator makes
/// a finding of it.</summary>
internal sealed class BrokenFileException : Exception
{
    /// <summary>An error at a byte of the file.</summary>
    /// <param name="offset">The byte of the file where it shows, or a negative number if no byte can be named.</param>
    /// <param name="what">What is wrong: a clause that follows "invalid FORMAT:".</param>
    public BrokenFileException(long offset, string what)
        : base(what) => Place = offset < 0 ? null : $"byte {offset}";

    /// <summary>An error at a place such as a line, a key or a tensor.</summary>
    public BrokenFileException(string place, string what)
        : base(what) => Place = place;

    /// <summary>Where in the file, or <see langword="null"/>.</summary>
    public string? Place { get; }
}
