using System.CommandLine;
using NixAiModels.Hub;

namespace NixAiModels.Commands;

/// <summary>The option that names a Hugging Face cache: the user's unless given.</summary>
internal static class CacheFolderOption
{
    /// <summary>Makes the option.</summary>
    /// <param name="name">What a command calls it.</param>
    public static Option<string?> Create(string name = "--cache-dir") =>
        new(name)
        {
            Description = "The cache. Default: $HF_HUB_CACHE, $HF_HOME/hub, ~/.cache/huggingface/hub.",
            HelpName = "DIR",
        };

    /// <summary>The cache of a command line, absolute.</summary>
    /// <exception cref="Failure">None is given, and the user has no home (exit code 2).</exception>
    public static string FolderOf(this ParseResult parsed, Option<string?> option) =>
        Path.GetFullPath(
            parsed.GetValue(option)
                ?? HubCacheFolder.Find(EnvironmentVariables.OfProcess)
                ?? throw new Failure(
                    ExitCode.Usage,
                    "no home, and so no cache",
                    $"{CommandText.Path(CommandTree.Fetcher, parsed.CommandResult.Command)} {option.Name} DIR"
                )
        );
}
