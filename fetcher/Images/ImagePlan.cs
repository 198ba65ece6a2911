using NixAiModels.Cache;
using NixAiModels.Posix;

namespace NixAiModels.Images;

/// <summary>Models as the layers of an image: each large file by itself, so that a registry and a machine that have it
/// need it only once, and the rest together in the last layer.</summary>
/// <param name="source">A folder of links to models and caches, in the store.</param>
/// <param name="root">The folder of the image that has them, such as "models".</param>
internal sealed class ImagePlan(string source, string root)
{
    private const long Large = 8 << 20;

    // Docker stacks at most 125 layers, and an image that is built on this one has its own.
    private const int MostLarge = 96;

    /// <summary>The layers; of the same files always the same.</summary>
    /// <exception cref="Failure">Exit code 7: a folder cannot be read, or a link leads nowhere.</exception>
    public IReadOnlyList<ImageLayer> Layers()
    {
        var items = new ExportPlan(source)
            .Items()
            .Select(OutsideCache)
            .OrderBy(item => item.Path, StringComparer.Ordinal)
            .ToArray();
        foreach (var item in items)
            Check(item);
        var large = items.Where(item => item.Size >= Large).ToArray();
        var groups = Math.Min(large.Length, MostLarge);
        var rest = items.Where(item => item.Size < Large).Select(FileOf).Concat(items.SelectMany(LinksTo));
        return
        [
            .. large
                .Select((item, index) => (Item: item, Group: (long)index * groups / large.Length))
                .GroupBy(each => each.Group)
                .Select(group => Layer(group.Select(each => FileOf(each.Item)))),
            Layer(rest),
        ];
    }

    /// <summary>The path of a snapshot has the commit in it: a layer that had it would be another one with every
    /// commit.</summary>
    private static ExportPlan.Item OutsideCache(ExportPlan.Item item)
    {
        string[] paths = [item.Path, .. item.Names];
        var path = paths.FirstOrDefault(path => ExportPlan.PlaceOf(path) is null) ?? item.Path;
        return item with { Path = path, Names = [.. paths.Where(name => name != path)] };
    }

    private void Check(ExportPlan.Item item)
    {
        string[] paths = [item.Path, .. item.Names];
        if (paths.FirstOrDefault(path => path.Split('/').Any(IsWhiteout)) is { } whiteout)
        {
            throw new Failure(
                ExitCode.Validation,
                $"{Printable.Escape(whiteout)}: in an image, a file of this name deletes another one",
                "leave it out: exclude = [ \"*.wh.*\" ];"
            );
        }

        if (!item.Original.StartsWith($"{Path.GetDirectoryName(source)}/", StringComparison.Ordinal))
        {
            throw new Failure(
                ExitCode.Validation,
                $"{Printable.Escape(item.Path)} leads out of the store, to {Printable.Escape(item.Original)}",
                "replace the link by the file"
            );
        }
    }

    // OCI image-spec, layer.md, "Whiteouts"
    private static bool IsWhiteout(string name) => name.StartsWith(".wh.", StringComparison.Ordinal);

    private ImageLayer.Entry FileOf(ExportPlan.Item item) =>
        new(
            $"{root}/{item.Path}",
            item.Original,
            item.Size,
            FileStatus.OfEntry(item.Original).Mode.HasFlag(UnixFileMode.UserExecute)
        );

    private IEnumerable<ImageLayer.Entry> LinksTo(ExportPlan.Item item) =>
        item.Names.Select(name => new ImageLayer.Entry(
            $"{root}/{name}",
            Link: Path.GetRelativePath(Path.GetDirectoryName($"/{name}")!, $"/{item.Path}")
        ));

    /// <summary>Entries with the folders that they are in.</summary>
    private static ImageLayer Layer(IEnumerable<ImageLayer.Entry> entries)
    {
        var sorted = entries.OrderBy(entry => entry.Path, StringComparer.Ordinal).ToArray();
        var folders = sorted
            .SelectMany(entry => Above(entry.Path))
            .Distinct()
            .Select(path => new ImageLayer.Entry(path));
        return new ImageLayer([.. folders.Concat(sorted).OrderBy(entry => entry.Path, StringComparer.Ordinal)]);
    }

    private static IEnumerable<string> Above(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
            yield return path[..(slash + 1)];
    }
}
