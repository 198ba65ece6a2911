using System.CommandLine;
using System.Text;

namespace NixAiModels.Commands;

/// <summary>A manual page made from the definitions of the commands (man-pages(7), groff_man(7)).</summary>
internal static class ManPage
{
    /// <summary>The page of a program.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="root">Its commands.</param>
    public static string Of(string program, RootCommand root)
    {
        var page = new StringBuilder();
        var (summary, more) = HelpText.Parts(root);
        Command[] commands = [.. All(root).Where(command => command.Action is not null)];
        page.Append($".TH {program.ToUpperInvariant()} 1 \"\" nix-ai-models\n");
        page.Append($".SH NAME\n{Escape(program)} \\- {Escape(summary.TrimEnd('.'))}\n");
        page.Append(".SH SYNOPSIS\n");
        foreach (var command in commands)
            page.Append($"{Escape(CommandText.Usage(program, command))}\n.br\n");
        foreach (var command in commands)
        {
            page.Append($".SH {Escape(CommandText.Path(program, command).ToUpperInvariant())}\n");
            if (command != root)
                page.Append($"{Escape(HelpText.Parts(command).Summary)}\n");
            foreach (var argument in command.Arguments)
                Paragraph(page, 'I', argument.Name, argument.Description);
            foreach (var option in CommandText.Options(command))
                Paragraph(page, 'B', CommandText.Label(option), option.Description);
        }

        if (more.Length > 0)
            page.Append($".SH EXAMPLES\n.nf\n{Escape(more)}\n.fi\n");
        return page.ToString();
    }

    private static IEnumerable<Command> All(Command command) =>
        CommandText.Subcommands(command).SelectMany(All).Prepend(command);

    private static void Paragraph(StringBuilder page, char font, string label, string? text) =>
        page.Append($".TP\n.{font} {Escape(label)}\n{Escape(text ?? "")}\n");

    // A line that begins with a dot or an apostrophe would be a request.
    private static string Escape(string text) =>
        string.Join(
            '\n',
            text.Replace("\\", "\\e", StringComparison.Ordinal)
                .Replace("-", "\\-", StringComparison.Ordinal)
                .Split('\n')
                .Select(line => line.StartsWith('.') || line.StartsWith('\'') ? $"\\&{line}" : line)
        );
}
