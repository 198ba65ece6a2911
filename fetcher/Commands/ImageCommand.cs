using System.CommandLine;
using Microsoft.Win32.SafeHandles;
using NixAiModels.Images;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models image</c>: a container image of models, streamed from the store.</summary>
internal static class ImageCommand
{
    public static Command Create()
    {
        var image = new Argument<string>("PATH")
        {
            Description = "What ociImage built, or a link to it such as ./result.",
        };
        var to = new Option<string>("--to")
        {
            Description = "Write an OCI image layout into this folder. Without it, an archive goes to standard output.",
            HelpName = "DIR",
        };
        var command = new Command(
            "image",
            "Print a container image of models, or write its layout: nix-ai-models image ./result | podman load"
        )
        {
            image,
            to,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                Run(Path.GetFullPath(parsed.GetRequiredValue(image)), parsed.GetValue(to), cancellation);
                return Task.FromResult((int)ExitCode.Done);
            }
        );
        return command;
    }

    private static void Run(string path, string? folder, CancellationToken cancellation)
    {
        var image = new ImageCopy(path);
        if (folder is null)
        {
            if (!Console.IsOutputRedirected)
            {
                throw new Failure(
                    ExitCode.Usage,
                    "an image is not printed on a terminal",
                    $"{ShellText.Command(["nix-ai-models", "image", path])} | podman load"
                );
            }

            using var step = Heartbeat.Step("streaming the image");
            // The console's own stream takes what nobody reads any more for written.
            using var output = new FileStream(
                new SafeFileHandle(1, ownsHandle: false),
                FileAccess.Write,
                bufferSize: 0
            );
            try
            {
                image.Write(output, cancellation);
            }
            catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException))
            {
                throw LocalFailure.Of(exception, "standard output");
            }
        }
        else
        {
            folder = Path.GetFullPath(folder);
            using var step = Heartbeat.Step($"writing to {folder}");
            FreeSpace.Require((folder, image.Missing(folder)));
            image.Write(folder, cancellation);
            Console.Out.WriteLine(folder);
        }

        Log.Line($"{Amounts.Count(image.Count, "layer")}, {Amounts.Size(image.Size)}");
    }
}
