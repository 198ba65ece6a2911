using System.Security.Cryptography;
using System.Text;

namespace NixAiModels.Store;

/// <summary>Indirect roots of the garbage collector, in a folder of sets.</summary>
/// <remarks>A set is a folder named after its contents, so that a new one is complete before the old one is removed;
/// one command of Nix makes all of it. Nix forgets roots whose links are gone.</remarks>
/// <param name="nix">Makes the roots.</param>
/// <param name="folder">The folder of the sets, which is made when one is.</param>
public sealed class GcRoots(NixCommand nix, string folder)
{
    // Nix calls the others root-2, root-3 …
    private const string FirstLink = "root";

    // Written once Nix has registered every link of the set.
    private const string Complete = "complete";

    /// <summary>Makes a set that keeps store paths from being collected.</summary>
    /// <param name="storePaths">Store paths that exist.</param>
    /// <param name="anew">Whether to register the roots again if the set exists.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>The name of the set.</returns>
    /// <exception cref="Failure">Exit code 7: Nix or the file system refused.</exception>
    public async Task<string> KeepAsync(
        IReadOnlyCollection<string> storePaths,
        bool anew,
        CancellationToken cancellation
    )
    {
        var paths = storePaths.Distinct().Order(StringComparer.Ordinal).ToArray();
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', paths))))[..16];
        if (paths.Length == 0)
            return name;
        var set = Path.Combine(folder, name);
        try
        {
            if (!anew && IsComplete(set, paths))
                return name;
            Directory.CreateDirectory(set);
            await nix.AddRootsAsync(paths, Path.Combine(set, FirstLink), cancellation);
            await File.WriteAllBytesAsync(Path.Combine(set, Complete), [], cancellation);
            return name;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, set);
        }
    }

    private static bool IsComplete(string set, string[] paths) =>
        File.Exists(Path.Combine(set, Complete))
        && paths
            .Index()
            .All(path =>
                new FileInfo(
                    Path.Combine(set, path.Index == 0 ? FirstLink : $"{FirstLink}-{path.Index + 1}")
                ).LinkTarget == path.Item
            );

    /// <summary>Removes every set but one.</summary>
    /// <param name="name">The set that stays.</param>
    /// <exception cref="Failure">Exit code 7: the file system refused.</exception>
    public void ForgetOthers(string name)
    {
        try
        {
            foreach (var set in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
            {
                if (Path.GetFileName(set) != name)
                    Directory.Delete(set, recursive: true);
            }
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, folder);
        }
    }
}
