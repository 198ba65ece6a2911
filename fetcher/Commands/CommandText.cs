using System.CommandLine;
using System.CommandLine.Help;

namespace NixAiModels.Commands;

/// <summary>Commands in words: what errors, help and manual pages share.</summary>
internal static class CommandText
{
    /// <summary>A command as it is called: <c>nix-prefetch-hf lock add</c>.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="command">The command.</param>
    public static string Path(string program, Command command) =>
        string.Join(' ', Above(command).Reverse().Append(command).Skip(1).Select(each => each.Name).Prepend(program));

    /// <summary>A command with its arguments: <c>nix-prefetch-hf lock rename NAME NEW [options]</c>.</summary>
    public static string Usage(string program, Command command)
    {
        IEnumerable<string> arguments = command.Arguments.Select(Label);
        if (command.Action is null)
            arguments = ["COMMAND"];
        return string.Join(' ', [Path(program, command), .. arguments, "[options]"]);
    }

    /// <summary>The options of a command, and those of the commands above it that hold for it too; help comes
    /// last.</summary>
    public static IReadOnlyList<Option> Options(Command command) =>
        [
            .. command
                .Options.Concat(Above(command).SelectMany(above => above.Options.Where(option => option.Recursive)))
                .Where(option => !option.Hidden)
                .OrderBy(option => option is HelpOption or VersionOption),
        ];

    /// <summary>The commands below a command that are run by people.</summary>
    public static IEnumerable<Command> Subcommands(Command command) => command.Subcommands.Where(each => !each.Hidden);

    /// <summary>An option's names and its value: <c>--rev, --revision REV</c>.</summary>
    public static string Label(Option option)
    {
        var names = option.Aliases.Where(name => name[0] == '-').Prepend(option.Name).Distinct();
        return string.Join(", ", names) + (TakesValue(option) ? $" {option.HelpName ?? "VALUE"}" : "");
    }

    /// <summary>An argument: <c>NAME</c>, <c>[NAME]</c>, <c>NAME…</c>.</summary>
    public static string Label(Argument argument)
    {
        if (argument.HelpName is { } name)
            return name;
        var many = argument.Arity.MaximumNumberOfValues > 1 ? "…" : "";
        return argument.Arity.MinimumNumberOfValues > 0 ? argument.Name + many : $"[{argument.Name}{many}]";
    }

    private static bool TakesValue(Option option) =>
        option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;

    private static IEnumerable<Command> Above(Command command)
    {
        for (
            var above = command.Parents.OfType<Command>().FirstOrDefault();
            above is not null;
            above = above.Parents.OfType<Command>().FirstOrDefault()
        )
        {
            yield return above;
        }
    }
}
