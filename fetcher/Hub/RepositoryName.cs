namespace NixAiModels.Hub;

/// <summary>Which names the Hub allows (huggingface_hub, <c>utils/_validators.py</c>,
/// <c>validate_repo_id</c>).</summary>
internal static class RepositoryName
{
    private const int LongestName = 96;

    /// <summary>Checks one half of a repository's id.</summary>
    /// <param name="name">The namespace or the name.</param>
    /// <param name="whole">The id as it was given, for the message.</param>
    /// <exception cref="Failure">It is not allowed (exit code 2).</exception>
    public static void Check(string name, string whole)
    {
        if (name.Length == 0)
            throw Wrong(whole, "has an empty part", "write ORG/NAME");
        if (name.Length > LongestName)
            throw Wrong(whole, $"has a part of more than {LongestName} characters", "check the name on the Hub's page");

        var stranger = name.FirstOrDefault(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'));
        if (stranger != default)
        {
            throw Wrong(
                whole,
                $"has the character {Describe(stranger)}",
                "only letters, digits, '-', '_' and '.' are allowed; write ORG/NAME"
            );
        }

        if (name[0] is '-' or '.' || name[^1] is '-' or '.')
            throw Wrong(whole, "has a part that starts or ends with '-' or '.'", "drop it");
        if (name.Contains("--", StringComparison.Ordinal) || name.Contains("..", StringComparison.Ordinal))
        {
            var cached = whole.Replace("--", "/", StringComparison.Ordinal);
            if (cached.StartsWith("models/", StringComparison.Ordinal))
                cached = cached["models/".Length..];
            throw Wrong(whole, "has '--' or '..' in it", $"if it is the name of a cache folder, write {cached}");
        }

        if (name.EndsWith(".git", StringComparison.Ordinal))
            throw Wrong(whole, "ends with '.git'", $"write {whole[..^4]}");
    }

    /// <summary>The failure for an id that is not one.</summary>
    /// <param name="whole">The id as it was given.</param>
    /// <param name="why">What is wrong with it.</param>
    /// <param name="fix">What to write.</param>
    public static Failure Wrong(string whole, string why, string fix) =>
        new(ExitCode.Usage, $"'{Printable.Escape(whole)}' is no repository of the Hub: it {why}", fix);

    private static string Describe(char c) => char.IsControl(c) || char.IsSurrogate(c) ? $"U+{(int)c:X4}" : $"'{c}'";
}
