using System.CommandLine;
using NixAiModels.Cache;
using NixAiModels.Hub;
using NixAiModels.Store;
using NixAiModels.Validation;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models model</c>: the builder of a model's view.</summary>
internal static class ModelCommand
{
    public static Command Create()
    {
        var command = new Command(
            "model",
            "Builder of a model derivation: validates a snapshot and links it so that it loads by path and by name. "
                + "Run by Nix."
        );
        command.SetAction(
            (_, cancellation) =>
            {
                var attributes = BuildAttributes.OfThisBuild();
                var repository = RepositoryId.Parse(attributes.Text("repo"), attributes.OptionalText("repoType"));
                if (attributes.Find("validation") is { } validation)
                    Validate(attributes, repository, ValidationPlan.FromJson(validation), cancellation);
                new ModelView(
                    new CacheView(
                        attributes.Text("raw"),
                        repository.CacheName,
                        attributes.Text("rev"),
                        attributes.List("refs")
                    )
                ).Write(attributes.Output("out"));
                return Task.FromResult((int)ExitCode.Done);
            }
        );
        return command;
    }

    private static void Validate(
        BuildAttributes attributes,
        RepositoryId repository,
        ValidationPlan plan,
        CancellationToken cancellation
    )
    {
        var report = ValidationRun.Execute(
            attributes.Text("raw"),
            plan,
            KnownFiles(attributes),
            repository: repository.Address,
            cancellation: cancellation
        );
        using (var output = File.Create(attributes.Output("report")))
            report.WriteJson(output);
        report.ThrowIfRefused();
    }

    /// <summary>The files that a lock file pins one by one: Nix has checked their sha256, and the report need not read
    /// them for it.</summary>
    private static Dictionary<string, FileFacts>? KnownFiles(BuildAttributes attributes) =>
        attributes
            .Find("known")
            ?.EnumerateArray()
            .Select(file => new FileFacts(
                file.GetProperty("path").GetString()!,
                new FileInfo(file.GetProperty("file").GetString()!).Length,
                file.GetProperty("sha256").GetString(),
                GitBlobId: null
            ))
            .ToDictionary(facts => facts.Path, StringComparer.Ordinal);
}
