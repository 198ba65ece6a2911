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
                // A model that does not come from the Hub has no place in a cache.
                var repository = attributes.OptionalText("repo") is { } repo
                    ? RepositoryId.Parse(repo, attributes.OptionalText("repoType"))
                    : null;
                var report = attributes.Find("validation") is { } validation
                    ? Validate(attributes, repository, ValidationPlan.FromJson(validation), cancellation)
                    : null;
                var raw = attributes.Text("raw");
                var cache = repository is null
                    ? null
                    : new CacheView(
                        repository.CacheName,
                        attributes.Text("rev"),
                        attributes.List("refs"),
                        [new CacheView.Part(raw, report is null ? null : TreeOf(report))]
                    );
                new ModelView(raw, cache).Write(attributes.Output("out"));
                return Task.FromResult((int)ExitCode.Done);
            }
        );
        return command;
    }

    private static Report Validate(
        BuildAttributes attributes,
        RepositoryId? repository,
        ValidationPlan plan,
        CancellationToken cancellation
    )
    {
        var report = ValidationRun.Execute(
            attributes.Text("raw"),
            plan,
            KnownFiles(attributes),
            repository: repository?.Address ?? "",
            cancellation: cancellation
        );
        using (var output = File.Create(attributes.Output("report")))
            report.WriteJson(output);
        report.ThrowIfRefused();
        return report;
    }

    private static SnapshotTree TreeOf(Report report) =>
        SnapshotTree.Of(
            report.Files.ToDictionary(
                file => file.Path,
                file => SnapshotTree.Entry.Of(file.Size, file.Sha256, file.GitBlobId),
                StringComparer.Ordinal
            )
        );

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
