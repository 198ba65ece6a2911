using System.CommandLine;
using NixAiModels.Cache;
using NixAiModels.Hub;
using NixAiModels.Store;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models model</c>: the builder of a model's view.</summary>
internal static class ModelCommand
{
    public static Command Create()
    {
        var command = new Command("model", "Builder of a model derivation: links a snapshot so that it loads by path and by name. Run by Nix.");
        command.SetAction(_ =>
        {
            var attributes = BuildAttributes.OfThisBuild();
            var repository = RepositoryId.Parse(attributes.Text("repo"), attributes.OptionalText("repoType"));
            new ModelView(attributes.Text("raw"), repository.CacheName, attributes.Text("rev"), attributes.List("refs"))
                .Write(attributes.Output("out"));
            return (int)ExitCode.Done;
        });
        return command;
    }
}
