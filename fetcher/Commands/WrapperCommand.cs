using System.CommandLine;
using NixAiModels.Store;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models wrapper</c>: the builder of a program that finds its models.</summary>
internal static class WrapperCommand
{
    public static Command Create()
    {
        var command = new Command("wrapper", "Builder of a program that finds its models. Run by Nix.");
        command.SetAction(
            (_, _) =>
            {
                var attributes = BuildAttributes.OfThisBuild();
                new WrappedProgram(
                    attributes.Text("program"),
                    attributes.List("arguments"),
                    attributes
                        .Find("environment")!
                        .Value.EnumerateObject()
                        .ToDictionary(variable => variable.Name, variable => variable.Value.GetString()!)
                ).Write(
                    Path.Combine(attributes.Output("out"), "bin", attributes.Text("name")),
                    attributes.Text("interpreter")
                );
                return Task.FromResult((int)ExitCode.Done);
            }
        );
        return command;
    }
}
