using System.Text.Json;
using NixAiModels.Cache;
using NixAiModels.Paths;
using NixAiModels.Transfer;

namespace NixAiModels.Sync;

/// <summary>Decides how a model is placed in a cache.</summary>
/// <param name="cacheDirectory">The directory that is configured.</param>
/// <param name="wholeOnly">Whether a selection of files, too, is one link to its folder: where the cache's owner can
/// write to the store, a client that deletes a snapshot of single links removes what they lead to.</param>
internal sealed class PlacementPlan(string cacheDirectory, bool wholeOnly)
{
    private readonly bool _isHub = Path.GetFileName(cacheDirectory) == "hub";

    /// <summary>Whether a snapshot is always one link.</summary>
    internal bool WholeOnly => wholeOnly;

    /// <summary>The cache itself: clients look in <c>$HF_HOME/hub</c>, and the directory may be an HF_HOME.</summary>
    internal string Hub => _isHub ? cacheDirectory : $"{cacheDirectory}/hub";

    /// <summary>The links and refs of a model; <see langword="null"/> for one that is in no cache.</summary>
    /// <exception cref="Failure">Exit code 7: its files or its report cannot be read; 6: the report is
    /// invalid.</exception>
    internal Placement? Of(SyncModel model)
    {
        if (model.Cached is not { } cached)
            return null;
        var folder = cached.Repository.CacheName;
        return new Placement(
            $"{Hub}/{folder}",
            _isHub ? null : $"{cacheDirectory}/{folder}",
            cached.Commit.ToString(),
            model.Raw,
            cached.Partial && !wholeOnly ? SnapshotFiles.Of(model.Raw) : null,
            model.Report is null ? new Dictionary<string, string>() : Blobs(model.Report),
            cached.Refs,
            // A list of a selection would pass for one of the whole repository.
            !cached.Partial && File.Exists(model.TreeFile)
                ? model.TreeFile
                : null
        );
    }

    /// <summary>The names under which clients keep files: the sha256 of a file in LFS, git's blob id of any other. The
    /// report does not know which files are in LFS: a file gets both names.</summary>
    private static Dictionary<string, string> Blobs(string report)
    {
        try
        {
            var blobs = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var file in Reported(report))
            {
                if (!RelativePath.IsNormal(file.Path))
                    throw Invalid(report, $"'{Printable.Escape(file.Path)}' leads out of the model");
                ContentDigest?[] names = [Sha256Digest.TryParse(file.Sha256), GitBlobId.TryParse(file.GitBlobId)];
                foreach (var name in names.OfType<ContentDigest>())
                    blobs.TryAdd(name.Hex, file.Path);
            }

            return blobs;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, report);
        }
        catch (JsonException exception)
        {
            throw Invalid(report, exception.Message);
        }
    }

    private static IReadOnlyList<ReportedFiles.ReportedFile> Reported(string report) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(report), SyncJson.Default.ReportedFiles)?.Files
        ?? throw new JsonException("null");

    private static Failure Invalid(string report, string why) =>
        new(ExitCode.Integrity, $"invalid report: {report}: {why}", $"nix-store --verify-path {report}");
}
