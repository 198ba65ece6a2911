using System.CommandLine;

namespace NixAiModels.Commands;

/// <summary>The words and options of <c>nix-prefetch-hf</c>.</summary>
internal static class PrefetchOptions
{
    public static readonly Argument<string[]> Repo = new("REPO")
    {
        Description =
            "ORG/NAME, NAME, datasets/ORG/NAME, hf://ORG/NAME@REV or the address of a page of the repository. "
            + "With --update or --fetch: names of lock entries.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static readonly Option<string?> Rev = new("--rev")
    {
        Description = "Branch, tag or commit. Default: the one in REPO, else main.",
        HelpName = "REV",
    };
    public static readonly Option<string?> RepoType = new("--type")
    {
        Description = "model, dataset or space. Default: the type in REPO, else model.",
    };
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
        Description = "With REPO: fail where parts of split weights would be missing, instead of a warning.",
    };
    public static readonly Option<string?> Name = new("--name")
    {
        Description = "The name in the store, as in fetchHuggingFace { name = …; }; with --lock, the entry's name.",
    };
    public static readonly Option<string?> Endpoint = new("--endpoint")
    {
        Description = "The hub. Default: $HF_ENDPOINT, else https://huggingface.co.",
        HelpName = "URL",
    };
    public static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "Read the token from this file. Default: HF_TOKEN, then where hf looks.",
        HelpName = "FILE",
    };

    public static readonly Option<string> Format = new("--format")
    {
        Description = "nix (an expression to paste), json, or sri (the bare hash).",
        DefaultValueFactory = _ => "nix",
    };

    public static readonly Option<string?> LockPath = new("--lock")
    {
        Description = "Pin the model file by file in this lock file, without downloading weights.",
        HelpName = "FILE",
    };
    public static readonly Option<string?> UpdatePath = new("--update")
    {
        Description =
            "Move the entries of this lock file (those named, or all) to the heads of their branches; check tags.",
        HelpName = "FILE",
    };
    public static readonly Option<string?> FetchPath = new("--fetch")
    {
        Description =
            "Add the models of this lock file (those named, or all) to the store: their builds then need no network.",
        HelpName = "FILE",
    };
    public static readonly Option<string[]> Freeze = new("--freeze")
    {
        Description = "With --lock or --update: exclude this entry from updates from now on. May be repeated.",
        HelpName = "NAME",
    };
    public static readonly Option<string[]> Unfreeze = new("--unfreeze")
    {
        Description = "With --lock or --update: include this entry in updates again. May be repeated.",
        HelpName = "NAME",
    };
    public static readonly Option<string[]> From = new("--from")
    {
        Description =
            "A folder whose files are taken in place of a download where size and hash are right, besides the Hugging "
            + "Face cache. May be repeated.",
        HelpName = "DIR",
        AllowMultipleArgumentsPerToken = false,
    };
    public static readonly Option<bool> Flat = new("--flat")
    {
        Description = "With one --file: pin the file itself, for fetchHuggingFaceFile.",
    };
    public static readonly Option<bool> NoStore = new("--no-store")
    {
        Description = "Only compute the hash; needs no Nix, keeps no files.",
    };
    public static readonly Option<bool> StreamOnly = new("--stream")
    {
        Description = "Stream into the store, writing nothing twice; an interrupted download starts over.",
    };
    public static readonly Option<string?> AddRoot = new("--add-root")
    {
        Description = "Make a garbage collector root there: a link that keeps the files in the store.",
        HelpName = "PATH",
    };
    public static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "List the files that would be downloaded. With --format json for programs.",
    };
    public static readonly Option<int?> Connections = new("--connections")
    {
        Description = "Parallel requests, 1 to 256. Default: 32.",
        HelpName = "N",
    };
    public static readonly Option<string?> LimitRate = new("--limit-rate")
    {
        Description = "Download at most this many bytes per second, such as 10M.",
        HelpName = "RATE",
    };

    /// <summary>Adds all of them to a command, in the order of its help.</summary>
    public static void AddTo(Command command)
    {
        RepoType.AcceptOnlyFromAmong("model", "dataset", "space");
        Format.AcceptOnlyFromAmong("nix", "json", "sri");
        command.Arguments.Add(Repo);
        Option[] options =
        [
            Rev,
            RepoType,
            Include,
            Exclude,
            Files,
            Mmproj,
            Strict,
            Name,
            Endpoint,
            TokenFile,
            Format,
            LockPath,
            UpdatePath,
            FetchPath,
            Freeze,
            Unfreeze,
            From,
            Flat,
            NoStore,
            StreamOnly,
            AddRoot,
            DryRun,
            Connections,
            LimitRate,
        ];
        foreach (var option in options)
            command.Options.Add(option);
    }

    private static Option<string[]> Patterns(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "GLOB",
            AllowMultipleArgumentsPerToken = false,
        };
}
