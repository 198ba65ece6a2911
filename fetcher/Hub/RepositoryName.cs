namespace NixAiModels.Hub;

/// <summary>The rules for names of repositories (huggingface_hub, <c>utils/_validators.py</c>,
/// <c>validate_repo_id</c>).</summary>
internal static class RepositoryName
{
    private const int MaxLength = 96;

    /// <summary>Checks a namespace or a name.</summary>
    /// <param name="name">The namespace or the name.</param>
    /// <param name="whole">The whole id, for the message.</param>
    /// <exception cref="Failure">The Hub does not allow it (exit code 2).</exception>
    public static void Check(string name, string whole)
    {
        if (name.Length == 0)
            throw Invalid(whole, "empty name", "write ORG/NAME");
        if (name.Length > MaxLength)
            throw Invalid(whole, $"a name is longer than {MaxLength} characters", "check the name on the Hub's page");

        var invalid = name.FirstOrDefault(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'));
        if (invalid != default)
        {
            throw Invalid(
                whole,
                $"character {Describe(invalid)}",
                "only letters, digits, '-', '_' and '.' are allowed; write ORG/NAME"
            );
        }

        if (name[0] is '-' or '.' || name[^1] is '-' or '.')
            throw Invalid(whole, "a name starts or ends with '-' or '.'", "remove it");
        if (name.Contains("--", StringComparison.Ordinal) || name.Contains("..", StringComparison.Ordinal))
        {
            var cached = whole.Replace("--", "/", StringComparison.Ordinal);
            if (cached.StartsWith("models/", StringComparison.Ordinal))
                cached = cached["models/".Length..];
            throw Invalid(whole, "'--' or '..' in a name", $"if it is the name of a cache folder, write {cached}");
        }

        if (name.EndsWith(".git", StringComparison.Ordinal))
            throw Invalid(whole, "a name ends with '.git'", $"write {whole[..^4]}");
    }

    /// <summary>The failure of an invalid id.</summary>
    /// <param name="whole">The id.</param>
    /// <param name="why">The rule that it breaks.</param>
    /// <param name="fix">What to write instead.</param>
    public static Failure Invalid(string whole, string why, string fix) =>
        new(ExitCode.Usage, $"invalid repository '{Printable.Escape(whole)}': {why}", fix);

    private static string Describe(char c) => char.IsControl(c) || char.IsSurrogate(c) ? $"U+{(int)c:X4}" : $"'{c}'";
}
