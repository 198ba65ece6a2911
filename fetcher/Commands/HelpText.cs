using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;

namespace NixAiModels.Commands;

/// <summary>What <c>--help</c> prints: at most 80 columns, wherever it goes.</summary>
/// <param name="program">The program's name.</param>
internal sealed class HelpText(string program) : SynchronousCommandLineAction
{
    private const int Width = 80,
        Second = 26;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.Write(Of(parseResult.CommandResult.Command));
        return (int)ExitCode.Done;
    }

    private string Of(Command command)
    {
        var text = new StringBuilder();
        var (summary, more) = Parts(command);
        Wrap(text, summary, 0);
        text.Append('\n');
        Wrap(text, $"Usage: {CommandText.Usage(program, command)}", 7);
        foreach (var each in command.Action is null ? [] : CommandText.Subcommands(command))
            Wrap(text, $"       {CommandText.Path(program, each)} COMMAND", 7);
        Section(text, "Arguments", command.Arguments.Select(each => (each.Name, each.Description)));
        Section(
            text,
            "Options",
            CommandText.Options(command).Select(each => (CommandText.Label(each), each.Description))
        );
        Section(
            text,
            "Commands",
            CommandText.Subcommands(command).Select(each => (each.Name, (string?)Parts(each).Summary))
        );
        if (more.Length > 0)
            text.Append('\n').Append(more).Append('\n');
        return text.ToString();
    }

    /// <summary>The first paragraph of a command's description, and the rest.</summary>
    internal static (string Summary, string More) Parts(Command command)
    {
        var text = command.Description ?? "";
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        return end < 0 ? (text, "") : (text[..end], text[end..].Trim('\n'));
    }

    private static void Section(StringBuilder text, string title, IEnumerable<(string Label, string? What)> rows)
    {
        var all = rows.ToArray();
        if (all.Length > 0)
            text.Append($"\n{title}:\n");
        foreach (var (label, what) in all)
        {
            var fits = label.Length <= Second - 4;
            if (!fits)
                text.Append($"  {label}\n");
            Wrap(text, (fits ? $"  {label}" : "").PadRight(Second) + what, Second);
        }
    }

    /// <summary>Appends a paragraph; its lines after the first are indented.</summary>
    private static void Wrap(StringBuilder text, string paragraph, int indent)
    {
        while (paragraph.Length > Width)
        {
            var end = paragraph.LastIndexOf(' ', Width);
            text.Append(paragraph.AsSpan(0, end).TrimEnd()).Append('\n');
            paragraph = new string(' ', indent) + paragraph[(end + 1)..];
        }

        text.Append(paragraph.TrimEnd()).Append('\n');
    }
}
