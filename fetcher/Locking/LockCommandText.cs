using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary>Commands on a lock file, as the next step of an error.</summary>
public static class LockCommandText
{
    /// <summary>The lock file of a command that names none.</summary>
    public const string UsualPath = "models.lock.json";

    /// <summary>A line to paste, such as <c>nix-prefetch-hf lock update llama</c>.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="words">The verb and its arguments.</param>
    public static string Of(string path, params IEnumerable<string> words) =>
        ShellText.Command(["nix-prefetch-hf", "lock", .. words, .. Option(path)]);

    /// <summary>The option that names a lock file; none for the usual one.</summary>
    /// <param name="path">The lock file.</param>
    public static IEnumerable<string> Option(string path) =>
        Path.GetFullPath(path) == Path.GetFullPath(UsualPath) ? [] : ["--lock-file", path];
}
