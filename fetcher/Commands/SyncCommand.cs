using System.CommandLine;
using NixAiModels.Sync;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models sync</c>: what the modules' service and activation run.</summary>
internal static class SyncCommand
{
    public static Command Create()
    {
        var manifest = new Option<string>("--manifest")
        {
            Description = "What is configured: the JSON that the modules write.",
            HelpName = "FILE",
            Required = true,
        };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Print the changes that would be made, and make none.",
        };
        var formerCaches = new Option<bool>("--former-caches")
        {
            Description = "Only remove the links from caches that are no longer configured.",
        };
        var command = new Command(
            "sync",
            "Realise the configured models, link them into the Hugging Face cache, remove what is no longer configured."
        )
        {
            manifest,
            dryRun,
            formerCaches,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var configured = SyncManifest.Read(parsed.GetRequiredValue(manifest));
                if (parsed.GetValue(formerCaches))
                {
                    await FormerCaches.LeaveAsync(configured, parsed.GetValue(dryRun), cancellation);
                    return (int)ExitCode.Done;
                }

                var fetch = ModelFetch.With(configured);
                return (int)
                    await new SyncRun(
                        configured,
                        fetch is null ? null : fetch.RunAsync,
                        parsed.GetValue(dryRun)
                    ).RunAsync(cancellation);
            }
        );
        return command;
    }
}
