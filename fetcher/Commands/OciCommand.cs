using System.CommandLine;
using NixAiModels.Images;
using NixAiModels.Store;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models oci</c>: the builder of a container image's description.</summary>
internal static class OciCommand
{
    public static Command Create()
    {
        var command = new Command("oci", "Builder of a container image's description. Run by Nix.");
        command.SetAction(
            (_, cancellation) =>
            {
                var attributes = BuildAttributes.OfThisBuild();
                ImageLayout.Write(
                    attributes.Output("out"),
                    new ImagePlan(attributes.Text("source"), attributes.Text("root")).Layers(),
                    new ImageLayout.Settings(
                        attributes.Text("imageName"),
                        attributes.Text("tag"),
                        attributes.Text("architecture"),
                        attributes
                            .Find("environment")!
                            .Value.EnumerateObject()
                            .ToDictionary(variable => variable.Name, variable => variable.Value.GetString()!)
                    ),
                    cancellation
                );
                return Task.FromResult((int)ExitCode.Done);
            }
        );
        return command;
    }
}
