using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using NixAiModels.Hub;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary>Parses a command line. System.CommandLine takes an unknown option for an argument and answers an error with
/// the whole help: here each error is one line, with the command that helps.</summary>
internal static class CommandLine
{
    // Options of other programs that people bring along, and what stands in their place.
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["--token"] = "export HF_TOKEN=hf_...   # or --token-file FILE: every user of the machine sees a command line",
        ["--max-workers"] = "--connections N",
        ["--cache-dir"] = "leave it out: partial downloads are in $XDG_CACHE_HOME/nix-ai-models",
        ["--force-download"] = "leave it out: nothing is taken that was not verified",
        ["--resume-download"] = "leave it out: an interrupted download is resumed",
        ["--directory"] = "--lock-file FILE",
        ["--branch"] = "--rev BRANCH",
    };

    /// <summary>Parses the arguments of the program.</summary>
    /// <param name="root">The commands.</param>
    /// <param name="name">What the program is called.</param>
    /// <param name="args">The arguments.</param>
    /// <exception cref="Failure">They are wrong (exit code 2).</exception>
    public static ParseResult Parse(RootCommand root, string name, IReadOnlyList<string> args)
    {
        // A word that begins with @ is a name like any other, not a file of further arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var command = parsed.CommandResult.Command;
        // --help, --version and the shell's question for completions come before all errors.
        if (parsed.Action is { } action and not ParseErrorAction && action != command.Action)
            return parsed;
        var words = CommandText.Path(name, command);
        if ((UnknownOption(command, words, args) ?? Error(parsed, words)) is { } failure)
            throw failure;
        return parsed;
    }

    /// <summary>Whether an option is on the command line, and not only has a default.</summary>
    public static bool IsGiven(this ParseResult parsed, Option option) =>
        parsed.GetResult(option) is { Implicit: false };

    /// <summary>Refuses options that would be ignored beside another one.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="option">The other one.</param>
    /// <param name="ignored">The options without a meaning beside it.</param>
    /// <exception cref="Failure">Both are given (exit code 2).</exception>
    public static void Refuse(this ParseResult parsed, Option option, params ReadOnlySpan<Option> ignored)
    {
        if (parsed.IsGiven(option))
            parsed.RefuseWith(option.Name, ignored);
    }

    /// <summary>Refuses options that would be ignored with an argument.</summary>
    public static void RefuseWith(this ParseResult parsed, string given, params ReadOnlySpan<Option> ignored)
    {
        foreach (var other in ignored)
        {
            if (parsed.IsGiven(other))
            {
                throw new Failure(
                    ExitCode.Usage,
                    $"{other.Name} has no meaning with {given}",
                    $"leave out {other.Name} or {given}"
                );
            }
        }
    }

    /// <summary>Accepts only some words as an option's value.</summary>
    public static Option<T> OneOf<T>(this Option<T> option, params string[] words)
    {
        option.CompletionSources.Add(words);
        option.HelpName = string.Join('|', words);
        option.Validators.Add(result => RequireOneOf(result, option.Name, words));
        return option;
    }

    /// <summary>Accepts only some words as an argument.</summary>
    public static Argument<T> OneOf<T>(this Argument<T> argument, params string[] words)
    {
        argument.CompletionSources.Add(words);
        argument.Validators.Add(result => RequireOneOf(result, argument.Name, words));
        return argument;
    }

    private static void RequireOneOf(SymbolResult result, string name, string[] words)
    {
        if (result.Tokens.FirstOrDefault(token => !words.Contains(token.Value)) is { } wrong)
        {
            result.AddError(
                $"invalid {name} '{Printable.Escape(wrong.Value)}': "
                    + $"use {string.Join(", ", words[..^1])} or {words[^1]}"
            );
        }
    }

    private static Failure? UnknownOption(Command command, string words, IReadOnlyList<string> args)
    {
        var known = CommandText.Options(command);
        for (var i = 0; i < args.Count && args[i] != "--"; i++)
        {
            if (args[i] is not ['-', _, ..])
                continue;
            var name = args[i].Split('=', ':')[0];
            if (i > 0 && Find(known, args[i - 1]) is { Arity.MinimumNumberOfValues: > 0 } before)
            {
                return Usage(
                    $"{before.Name} needs a value, and '{Printable.Escape(args[i])}' looks like an option",
                    ShellText.Command([$"{before.Name}={args[i]}"]) + "   # if it is the value"
                );
            }

            if (Find(known, name) is not null)
                continue;
            var names = known.SelectMany(option => option.Aliases.Prepend(option.Name));
            var hint = Hint(name, names.Where(option => option.StartsWith("--", StringComparison.Ordinal)));
            return Usage(
                $"unknown option {Printable.Escape(name)}{hint}",
                Elsewhere.GetValueOrDefault(name) ?? $"{words} --help"
            );
        }

        return null;
    }

    private static Failure? Error(ParseResult parsed, string words)
    {
        if (parsed.Errors.Count == 0)
            return null;
        var command = parsed.CommandResult.Command;
        var help = $"{words} --help";
        if (parsed.UnmatchedTokens is [var unmatched, ..])
        {
            if (command.Subcommands.Count == 0)
                return Usage($"unexpected argument '{Printable.Escape(unmatched)}'", help);
            var names = CommandText.Subcommands(command).Select(each => each.Name);
            return Usage($"unknown command '{Printable.Escape(unmatched)}'{Hint(unmatched, names)}", help);
        }

        foreach (var option in CommandText.Options(command))
        {
            switch (parsed.GetResult(option))
            {
                case null or { Implicit: true } when option.Required:
                    return Usage($"{option.Name} is missing", $"{words} {option.Name} {ValueOf(option)}");
                case { Implicit: false } result when result.Tokens.Count < option.Arity.MinimumNumberOfValues:
                    return Usage($"{option.Name} needs a value", $"{option.Name} {ValueOf(option)}");
                case { IdentifierTokenCount: > 1 } when option.Arity.MaximumNumberOfValues == 1:
                    return Usage($"{option.Name} was given twice", help);
            }
        }

        foreach (var argument in command.Arguments)
        {
            var given = parsed.GetResult(argument)?.Tokens.Count ?? 0;
            if (given < argument.Arity.MinimumNumberOfValues)
                return Usage($"{argument.Name} is missing", $"{words} {argument.Name}");
        }

        if (command.Action is null)
            return Usage("no command given", help);
        var message = parsed.Errors[0].Message.TrimEnd('.');
        return Usage(char.ToLowerInvariant(message[0]) + message[1..], help);
    }

    private static string Hint(string given, IEnumerable<string> names) =>
        SimilarNames.Find(given, names) is [var similar, ..] ? $"; did you mean {similar}?" : "";

    private static string ValueOf(Option option) => option.HelpName ?? "VALUE";

    private static Option? Find(IReadOnlyList<Option> options, string name) =>
        options.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));

    private static Failure Usage(string what, string next) => new(ExitCode.Usage, what, next);
}
