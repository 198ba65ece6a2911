using System.Text.RegularExpressions;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Docs;

/// <summary>A fenced block of a page of documentation.</summary>
/// <param name="Page">The page, relative to the repository.</param>
/// <param name="Line">The line on which it begins.</param>
/// <param name="Language">nix, sh, console, text …</param>
/// <param name="Text">Its content.</param>
public sealed partial record Snippet(string Page, int Line, string Language, string Text)
{
    private static readonly Lazy<HashSet<string>> Examples = new(() =>
        [.. Directory.GetFiles(Path.Combine(Executable.Root, "examples", "services")).Select(File.ReadAllText)]
    );

    /// <summary>Whether it is a file of examples/services.</summary>
    public bool IsExample => Examples.Value.Contains(Text);

    /// <summary>All blocks of a language in README.md and docs/.</summary>
    public static IEnumerable<Snippet> All(params string[] languages) =>
        Directory
            .GetFiles(Path.Combine(Executable.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Executable.Root, "README.md"))
            .Order(StringComparer.Ordinal)
            .SelectMany(Of)
            .Where(snippet => languages.Contains(snippet.Language));

    private static IEnumerable<Snippet> Of(string file)
    {
        var text = File.ReadAllText(file);
        foreach (Match block in Fence().Matches(text))
        {
            yield return new Snippet(
                Path.GetRelativePath(Executable.Root, file),
                text[..block.Index].Count(c => c == '\n') + 1,
                block.Groups["language"].Value,
                block.Groups["text"].Value
            );
        }
    }

    [GeneratedRegex(@"^ *```(?<language>\w+)\n(?<text>.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
