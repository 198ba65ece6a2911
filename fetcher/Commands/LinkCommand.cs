using System.CommandLine;
using NixAiModels.Store;
using NixAiModels.Sync;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models link</c>: a model of the store in the user's own cache, and out of it again.</summary>
internal static class LinkCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL")
        {
            Description = "A model in the store: its path, such as ./result, or ORG/NAME. With --remove: its name.",
        };
        var remove = new Option<bool>("--remove") { Description = "Remove the links of a model that was linked." };
        var name = new Option<string?>("--name")
        {
            Description = "What to call the model. Default: the repository's name.",
        };
        var cacheDir = CacheFolderOption.Create();
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Print the changes that would be made, and make none.",
        };
        var command = new Command(
            "link",
            "Link a model of the store into your Hugging Face cache, keep it from being collected, and undo both."
        )
        {
            model,
            remove,
            name,
            cacheDir,
            dryRun,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var links = new ModelLinks(parsed.FolderOf(cacheDir).TrimEnd('/'));
                var word = parsed.GetRequiredValue(model);
                if (parsed.GetValue(remove))
                    return (int)await links.RemoveAsync(word, parsed.GetValue(dryRun), cancellation);
                var found = await new LinkableModel(new NixCommand()).FindAsync(
                    word,
                    parsed.GetValue(name),
                    cancellation
                );
                return (int)await links.AddAsync(found, parsed.GetValue(dryRun), cancellation);
            }
        );
        return command;
    }
}
