namespace NixAiModels.Terminal;

/// <summary>Command lines for a POSIX shell.</summary>
public static class ShellText
{
    /// <summary>Joins words to a command line and quotes those that need it.</summary>
    /// <param name="words">The command and its arguments.</param>
    public static string Command(IEnumerable<string> words) => string.Join(' ', words.Select(Word));

    private static string Word(string word) =>
        word.Length > 0
        && word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+=:@,%".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
