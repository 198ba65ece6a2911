using System.Text;
using System.Text.RegularExpressions;

namespace NixAiModels.Validation.Checks;

/// <summary>What a YAML configuration asks its reader to import or call: tags of Python objects, and the keys of Hydra,
/// NeMo and Lightning.</summary>
/// <remarks>The text is searched, not parsed: escapes of quoted text and of tags (YAML 1.2, 5.7 and 6.9.1) are resolved
/// everywhere, so that no reader sees a name that is not seen here. Readers take UTF-8, and UTF-16 with a byte order
/// mark.</remarks>
internal static partial class YamlCode
{
    private const int Window = 1 << 20;
    private const int Overlap = 1 << 14;

    /// <summary>Adds what one file asks for.</summary>
    public static void Check(ModelFile file, FindingList findings)
    {
        using var content = File.OpenRead(file.FullPath);
        Check(content, null, file, findings);
    }

    /// <summary>Adds what a configuration in an archive asks for.</summary>
    /// <param name="content">Its content.</param>
    /// <param name="member">Its name in the archive; <see langword="null"/> for the file itself.</param>
    /// <param name="file">The file.</param>
    /// <param name="findings">Takes the findings.</param>
    public static void Check(Stream content, string? member, ModelFile file, FindingList findings)
    {
        using var reader = new StreamReader(content, Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        var buffer = new char[Window + Overlap];
        var kept = 0;
        var line = 1;
        while (reader.ReadBlock(buffer, kept, buffer.Length - kept) is var read && read > 0)
        {
            var text = buffer.AsSpan(0, kept + read);
            Search(new string(text), line, member, file, findings);
            // The end is searched again with what follows it.
            kept = Math.Min(Overlap, text.Length);
            line += text[..^kept].Count('\n');
            text[^kept..].CopyTo(buffer);
        }
    }

    private static void Search(string text, int line, string? member, ModelFile file, FindingList findings)
    {
        var plain = Escapes().Replace(text, Resolve);
        foreach (Match match in Tags().Matches(plain))
        {
            Add(
                match,
                "YAML tag that creates Python objects",
                "yaml.load with an unsafe loader, or the framework's own, imports and calls what it names.",
                "Load it with yaml.safe_load only."
            );
        }

        foreach (Match match in Targets().Matches(plain))
        {
            Add(
                match,
                "Hydra target",
                "hydra.utils.instantiate, NeMo and Lightning import and call it.",
                "Review the target before instantiating it."
            );
        }

        foreach (Match match in Lambdas().Matches(plain))
        {
            Add(
                match,
                "Keras Lambda layer",
                "Loading a Lambda layer runs Python code from the file.",
                "Use the model's weights alone, with reviewed code."
            );
        }

        void Add(Match match, string what, string why, string fix)
        {
            var start = plain.LastIndexOf('\n', match.Index) + 1;
            var end = plain.IndexOf('\n', match.Index + match.Length);
            findings.Add(
                Severity.Report,
                file.Path,
                (member is null ? string.Empty : $"{Printable.Escape(member)}: ")
                    + $"line {line + plain.AsSpan(0, match.Index).Count('\n')}",
                $"{what}: {Printable.Escape(plain[start..(end < 0 ? plain.Length : end)].Trim())}",
                why,
                fix
            );
        }
    }

    // An escaped line break joins what stands around it; the lines after it are then counted one too few.
    private static string Resolve(Match escape)
    {
        var digits = escape.Value.AsSpan().TrimStart("\\xuU%");
        if (digits.IsEmpty || !int.TryParse(digits, System.Globalization.NumberStyles.HexNumber, null, out var code))
            return string.Empty;
        return code is >= 0 and <= char.MaxValue ? ((char)code).ToString() : "?";
    }

    [GeneratedRegex(
        @"\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|%[0-9A-Fa-f]{2}|\\\r?\n[ \t]*",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Escapes();

    // A handle that is declared may stand for any tag; !new: and its like are HyperPyYAML's.
    [GeneratedRegex(
        @"!!python/|tag:yaml\.org,2002:python/|^%TAG[ \t]|![a-z]*:?<tag:yaml\.org,2002:py|"
            + @"(?<![^\s\[{,:?-])!(new|apply|name|module|applyref|include):|!<(?!tag:yaml\.org,2002:)",
        RegexOptions.CultureInvariant | RegexOptions.Multiline
    )]
    private static partial Regex Tags();

    [GeneratedRegex(
        @"_target_|\b(target|class_path)[""']?\s*:\s+([!&]\S*\s+)*[""']?[A-Za-z_]\w*(\.[A-Za-z_]\w*)+",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Targets();

    [GeneratedRegex(
        @"\bclass_name[""']?\s*:\s+([!&]\S*\s+)*[""']?(Lambda|__lambda__)\b",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Lambdas();
}
