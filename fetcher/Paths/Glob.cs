using System.Buffers;

namespace NixAiModels.Paths;

/// <summary>The patterns for paths that <c>hf download</c> takes: those of <see cref="Fnmatch"/>, and <c>dir/</c> is
/// <c>dir/*</c> (huggingface_hub's <c>filter_repo_objects</c>).</summary>
public static class Glob
{
    private static readonly SearchValues<char> Special = SearchValues.Create("*?[");

    /// <summary>Reads a pattern; every text is one.</summary>
    /// <param name="pattern">The pattern.</param>
    public static Fnmatch Parse(string pattern) => Fnmatch.Parse(pattern.EndsWith('/') ? pattern + "*" : pattern);

    /// <summary>Whether a text can match anything but itself.</summary>
    /// <param name="text">A pattern or a plain name.</param>
    public static bool IsPattern(string text) => text.AsSpan().ContainsAny(Special) || text.EndsWith('/');
}
