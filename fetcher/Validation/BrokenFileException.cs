namespace NixAiModels.Validation;

/// <summary>A file that is not what its format wants: the reader stops at the first such place, and its validator makes
/// a finding of it.</summary>
internal sealed class BrokenFileException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="offset">The byte of the file where it shows, or a negative number if no byte can be named.</param>
    /// <param name="what">What is wrong: a clause that follows "invalid FORMAT:".</param>
    public BrokenFileException(long offset, string what)
        : base(what) => Place = offset < 0 ? null : $"byte {offset}";

    /// <summary>Makes the exception for a place other than a byte.</summary>
    public BrokenFileException(string place, string what)
        : base(what) => Place = place;

    /// <summary>Where in the file, or <see langword="null"/>.</summary>
    public string? Place { get; }
}
