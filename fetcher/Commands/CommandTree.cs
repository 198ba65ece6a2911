using System.CommandLine;
using System.CommandLine.Help;

namespace NixAiModels.Commands;

/// <summary>The commands under the program's two names.</summary>
internal static class CommandTree
{
    /// <summary>What people run.</summary>
    public const string Prefetch = "nix-prefetch-hf";

    /// <summary>What Nix and the modules run.</summary>
    public const string Fetcher = "nix-ai-models";

    /// <summary>The commands of one of the names.</summary>
    public static RootCommand Of(string name)
    {
        var root = name == Prefetch ? PrefetchCommand.Configure(new RootCommand()) : All();
        var help = root.Options.OfType<HelpOption>().Single();
        (help.Action, help.Description) = (new HelpText(name), "Show this help.");
        root.Options.OfType<VersionOption>().Single().Description = "Show the version.";
        return root;
    }

    private static RootCommand All() =>
        new("Hugging Face models as Nix inputs: pinned, verified, scanned, shared.")
        {
            PrefetchCommand.Configure(new Command("prefetch")),
            ValidateCommand.Create(),
            SignCommand.Create(),
            VerifyCommand.Create(),
            SyncCommand.Create(),
            UnsyncCommand.Create(),
            ImportCommand.Create(),
            LinkCommand.Create(),
            ListCommand.Create(),
            ExportCommand.Create(),
            ImageCommand.Create(),
            ScanCacheCommand.Create(),
            CleanCommand.Create(),
            HashCommand.Create(),
            CompletionCommand.Create(),
            RunByNix(FetchCommand.Create()),
            RunByNix(FarmCommand.Create()),
            RunByNix(VerifyLockEntryCommand.Create()),
            RunByNix(ModelCommand.Create()),
            RunByNix(CacheCommand.Create()),
            RunByNix(LinksCommand.Create()),
            RunByNix(OllamaCommand.Create()),
            RunByNix(WrapperCommand.Create()),
            RunByNix(OciCommand.Create()),
            RunByNix(ManCommand.Create()),
        };

    /// <summary>A command that only a build runs is not in the help.</summary>
    private static Command RunByNix(Command command)
    {
        command.Hidden = true;
        return command;
    }
}
