using System.CommandLine;
using NixAiModels.Hub;
using NixAiModels.Snapshots;

namespace NixAiModels.Commands;

/// <summary>Which files of which repository: the arguments that <c>nix-prefetch-hf</c> and its <c>lock add</c>
/// share. Options have the names that <c>hf download</c> has for them, too.</summary>
internal static class RepositoryOptions
{
    public static readonly Argument<string[]> Repo = new("REPO")
    {
        Description =
            "ORG/NAME, datasets/ORG/NAME, hf://ORG/NAME@REV, ORG/NAME:Q4_K_M, or the address of a page or file.",
        Arity = ArgumentArity.ZeroOrMore,
        HelpName = "REPO",
    };

    public static readonly Option<string?> Rev = new("--rev", "--revision")
    {
        Description = "Branch, tag or commit. Default: the one in REPO, else main.",
        HelpName = "REV",
    };
    public static readonly Option<string?> RepoType = new Option<string?>("--type", "--repo-type")
    {
        Description = "The type of the repository. Default: the one in REPO, else it is found.",
    }.OneOf("model", "dataset", "space", "kernel");
    public static readonly Option<string[]> Include = Patterns(
        "--include",
        "Select only files that match (fnmatch: * crosses /). May be repeated."
    );
    public static readonly Option<string[]> Exclude = Patterns("--exclude", "Omit files that match. May be repeated.");
    public static readonly Option<string[]> Files = Patterns(
        "--file",
        "Select this file (a path, or a pattern that must match). May be repeated."
    );
    public static readonly Option<string?> Mmproj = new("--mmproj")
    {
        Description = "Select the GGUF projector with this word in its name too, such as F16.",
        HelpName = "WORD",
    };
    public static readonly Option<bool> Strict = new("--strict")
    {
        Description = "Fail where parts of split weights would be missing, instead of a warning.",
    };

    /// <summary>Adds all of them to a command, in the order of its help.</summary>
    public static void AddTo(Command command)
    {
        command.Arguments.Add(Repo);
        foreach (var option in (Option[])[Rev, RepoType, Include, Exclude, Files, Mmproj, Strict])
            command.Options.Add(option);
    }

    /// <summary>The one repository of the command line.</summary>
    /// <exception cref="Failure">There is none, there are several, or it is invalid (exit code 2).</exception>
    public static RepositoryReference ReferenceOf(ParseResult parsed)
    {
        var words = parsed.GetValue(Repo) ?? [];
        var command = CommandText.Path("nix-prefetch-hf", parsed.CommandResult.Command);
        return words.Length == 1
            ? RepositoryReference.Parse(words[0], parsed.GetValue(RepoType), parsed.GetValue(HubAccess.Endpoint))
            : throw new Failure(
                ExitCode.Usage,
                words.Length == 0 ? "no repository given" : $"{words.Length} repositories given: pin one at a time",
                $"{command} ORG/NAME   # {command} --help shows more"
            );
    }

    /// <summary>The hub: the option's, else that of the repository's address; <see langword="null"/> for the
    /// default.</summary>
    public static string? EndpointOf(ParseResult parsed, RepositoryReference reference) =>
        parsed.GetValue(HubAccess.Endpoint) ?? reference.Endpoint;

    /// <summary>The revision: the option's, else the one in the repository's address, else <c>main</c>.</summary>
    public static string RevisionOf(ParseResult parsed, RepositoryReference reference) =>
        parsed.GetValue(Rev) ?? reference.Revision ?? "main";

    /// <summary>The files: those of the options, else the one whose address was given, else all.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="reference">The repository.</param>
    /// <param name="requiresChoice">See <see cref="Selection.RequiresChoice"/>.</param>
    public static Selection SelectionOf(ParseResult parsed, RepositoryReference reference, bool requiresChoice = true)
    {
        var files = parsed.GetValue(Files) ?? [];
        if (reference.FilePath is { } file && files.Length == 0)
            files = [file];
        return new Selection(files, parsed.GetValue(Include) ?? [], parsed.GetValue(Exclude) ?? [])
        {
            IsStrict = parsed.GetValue(Strict),
            Quant = reference.Quant,
            Mmproj = parsed.GetValue(Mmproj),
            RequiresChoice = requiresChoice,
        };
    }

    private static Option<string[]> Patterns(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "GLOB",
            AllowMultipleArgumentsPerToken = false,
        };
}
