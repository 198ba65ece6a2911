using System.CommandLine;
using System.Text.Json;
using NixAiModels.Cache;
using NixAiModels.Posix;
using NixAiModels.Sources.Oci;
using NixAiModels.Store;
using NixAiModels.Validation;
using NixAiModels.Validation.Formats;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models ollama</c>: the builder of a model directory of Ollama.</summary>
internal static class OllamaCommand
{
    public static Command Create()
    {
        var command = new Command("ollama", "Builder of a model directory of Ollama. Run by Nix.");
        command.SetAction(
            (_, _) =>
            {
                var attributes = BuildAttributes.OfThisBuild();
                var models = new OllamaModels(attributes.Output("out"));
                foreach (var model in attributes.Find("models")!.Value.EnumerateArray())
                    Add(models, model);
                return Task.FromResult((int)ExitCode.Done);
            }
        );
        return command;
    }

    private static void Add(OllamaModels models, JsonElement model)
    {
        if (Optional(model, "view") is { } view)
        {
            models.AddLinks(
                model.GetProperty("manifest").GetString()!,
                Links.ResolveExisting(Path.Combine(view, OllamaFiles.Manifest)),
                model
                    .GetProperty("blobs")
                    .EnumerateArray()
                    .Select(blob =>
                        (
                            blob.GetProperty("sha256").GetString()!,
                            Links.ResolveExisting(Path.Combine(view, blob.GetProperty("path").GetString()!))
                        )
                    )
            );
            return;
        }

        var file = model.GetProperty("file").GetString()!;
        var gguf = Read(file);
        var texts = model.GetProperty("texts").EnumerateObject();
        models.Add(
            model.GetProperty("manifest").GetString()!,
            gguf.Architecture,
            gguf.SizeLabel,
            [
                models.Link("model", file, Optional(model, "sha256")),
                .. Optional(model, "projector") is { } projector
                    ? [models.Link("projector", projector, null)]
                    : Array.Empty<OllamaModels.Layer>(),
                .. texts.Select(text => models.Write(text.Name, text.Value.GetString()!)),
            ]
        );
    }

    private static GgufReader Read(string file)
    {
        try
        {
            var gguf = GgufReader.Read(file);
            return gguf.SplitCount <= 1
                ? gguf
                : throw new Failure(
                    ExitCode.Usage,
                    $"Ollama loads a model from one file, and this is one of {gguf.SplitCount}: {file}",
                    $"llama-gguf-split --merge {file} merged.gguf   # or take a file that is not split"
                );
        }
        catch (BrokenFileException exception)
        {
            throw new Failure(
                ExitCode.Usage,
                $"invalid GGUF file: {file}: {exception.Message}",
                "model = fetchHuggingFaceFile { file = \"model.gguf\"; … };",
                exception
            );
        }
    }

    private static string? Optional(JsonElement model, string name) =>
        model.TryGetProperty(name, out var value) ? value.GetString() : null;
}
