using System.Text.Json;
using NixAiModels.Cache;

namespace NixAiModels.Sync;

/// <summary>Decides how a model is placed in a cache.</summary>
/// <param name="cacheDirectory">The directory that is configured.</param>
/// <param name="wholeOnly">Whether a selection of files, too, is one link to its folder: where the cache's owner can
/// write to the store, a client that deletes a snapshot of single links removes what they lead to.</param>
internal sealed class PlacementPlan(string cacheDirectory, bool wholeOnly)
{
    private readonly bool _isHub = Path.GetFileName(cacheDirectory) == "hub";

    /// <summary>The cache itself: clients look in <c>$HF_HOME/hub</c>, and the directory may be meant as
    /// HF_HOME.</summary>
    internal string Hub => _isHub ? cacheDirectory : $"{cacheDirectory}/hub";

    /// <summary>How a model is placed.</summary>
    /// <exception cref="Failure">Its files or its report cannot be read.</exception>
    internal Placement Of(SyncModel model)
    {
        var folder = model.Repository.CacheName;
        return new Placement(
            $"{Hub}/{folder}",
            _isHub ? null : $"{cacheDirectory}/{folder}",
            model.Commit,
            model.Raw,
            model.Partial && !wholeOnly ? FilesOf(model.Raw) : null,
            model.Report is null ? new Dictionary<string, string>() : Blobs(model.Report),
            model.Refs
        );
    }

    private static List<string> FilesOf(string raw)
    {
        var files = new List<string>();
        Add("");
        files.Sort(StringComparer.Ordinal);
        return files;

        void Add(string below)
        {
            try
            {
                foreach (var entry in new DirectoryInfo(Path.Join(raw, below)).EnumerateFileSystemInfos())
                {
                    var path = below.Length == 0 ? entry.Name : $"{below}/{entry.Name}";
                    if (entry is DirectoryInfo && entry.LinkTarget is null)
                        Add(path);
                    else
                        files.Add(path);
                }
            }
            catch (Exception exception) when (LocalFailure.Is(exception))
            {
                throw LocalFailure.Of(exception, raw);
            }
        }
    }

    /// <summary>The names under which clients keep files: sha256 of a file in LFS, git's blob id of any other. Which of
    /// the two the hub uses for a file, the report does not know: a file gets both.</summary>
    private static Dictionary<string, string> Blobs(string report)
    {
        var blobs = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(report));
            foreach (var file in document.RootElement.GetProperty("files").EnumerateArray())
            {
                var path = file.GetProperty("path").GetString()!;
                if (!RelativePath.IsSafe(path))
                    throw Wrong(report, $"'{Printable.Escape(path)}' leads out of the model");
                foreach (var (property, length) in (ReadOnlySpan<(string, int)>)[("sha256", 64), ("gitBlobId", 40)])
                {
                    if (
                        file.TryGetProperty(property, out var value)
                        && value.GetString() is { } name
                        && name.Length == length
                        && name.All(char.IsAsciiHexDigitLower)
                    )
                    {
                        blobs.TryAdd(name, path);
                    }
                }
            }
        }
        catch (Exception exception) when (LocalFailure.Is(exception))
        {
            throw LocalFailure.Of(exception, report);
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Wrong(report, exception.Message);
        }

        return blobs;
    }

    private static Failure Wrong(string report, string why) =>
        new(ExitCode.Integrity, $"{report} is no report of nix-ai-models: {why}", $"nix-store --verify-path {report}");
}
