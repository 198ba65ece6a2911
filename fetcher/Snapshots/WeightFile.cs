using System.Globalization;
using System.Text.RegularExpressions;

namespace NixAiModels.Snapshots;

/// <summary>A file of weights as its name tells, after the customs of transformers, diffusers and llama.cpp.</summary>
/// <param name="Base">The path without the shard's number and without the extension: <c>dir/pytorch_model</c>.</param>
/// <param name="Extension">The last extension with its dot, in lower case.</param>
/// <param name="Number">Which shard it is, or <see langword="null"/>.</param>
/// <param name="Total">Of how many shards it is one (<c>-00001-of-00015</c>), or <see langword="null"/>.</param>
internal sealed partial record WeightFile(string Base, string Extension, long? Number, long? Total)
{
    private const string Model = "model";
    private const string Consolidated = "consolidated";
    private const string OriginalFolder = "original/";

    // Names that transformers and diffusers give to the weights of one model for different frameworks.
    private static readonly (string Prefix, string Extension, string Plain)[] FrameworkNames =
    [
        ("pytorch_model", ".bin", Model),
        ("tf_model", ".h5", Model),
        ("flax_model", ".msgpack", Model),
        ("rust_model", ".ot", Model),
        ("diffusion_flax_model", ".msgpack", "diffusion_pytorch_model"),
    ];

    private static readonly string[] Pickles = [".bin", ".pt", ".pth", ".ckpt"];

    /// <summary>The folder, with its slash.</summary>
    internal string Folder => Base[..(Base.LastIndexOf('/') + 1)];

    /// <summary>The base name: no folder, no shard's number, no extension.</summary>
    internal string Name => Base[Folder.Length..];

    /// <summary>Whether these are weights as their authors trained them (<c>consolidated.safetensors</c>,
    /// <c>original/consolidated.00.pth</c>), which transformers does not read.</summary>
    internal bool IsConsolidated =>
        Name.StartsWith(Consolidated, StringComparison.Ordinal)
        && (Extension == ".safetensors" || Pickles.Contains(Extension));

    /// <summary>The format's place among those of one model, the best first; <see langword="null"/> for a file that is
    /// not known to be weights.</summary>
    internal int? Rank =>
        IsConsolidated ? 3
        : Extension == ".safetensors" ? 0
        : Pickles.Contains(Extension) ? 1
        : Framework is not null ? 2
        : null;

    /// <summary>What files of the same weights in other formats share: the path without the extension, with one name
    /// for all frameworks.</summary>
    internal string Group
    {
        get
        {
            if (IsConsolidated)
            {
                var inOriginal = Folder.EndsWith(OriginalFolder, StringComparison.Ordinal);
                return (inOriginal ? Folder[..^OriginalFolder.Length] : Folder) + Model;
            }

            return Framework is { } named ? $"{Folder}{named.Plain}{Name[named.Prefix.Length..]}" : Base;
        }
    }

    private (string Prefix, string Plain)? Framework =>
        FrameworkNames
            .Where(each => each.Extension == Extension && Name.StartsWith(each.Prefix, StringComparison.Ordinal))
            .Select(each => ((string, string)?)(each.Prefix, each.Plain))
            .FirstOrDefault();

    /// <summary>Reads a path, of weights or not.</summary>
    internal static WeightFile Of(string path)
    {
        var (stem, extension) = Split(path);
        var shard = Shard().Match(stem);
        return shard.Success
            ? new WeightFile(
                stem[..shard.Index],
                extension.ToLowerInvariant(),
                long.Parse(shard.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                long.Parse(shard.Groups[2].ValueSpan, CultureInfo.InvariantCulture)
            )
            : new WeightFile(stem, extension.ToLowerInvariant(), null, null);
    }

    /// <summary>The path of another shard of the same set.</summary>
    /// <param name="path">The path of a shard.</param>
    /// <param name="number">The other's number.</param>
    internal static string OtherShard(string path, long number)
    {
        var (stem, extension) = Split(path);
        return Shard()
                .Replace(
                    stem,
                    match =>
                        $"-{number.ToString(CultureInfo.InvariantCulture).PadLeft(match.Groups[1].Length, '0')}"
                        + $"-of-{match.Groups[2].Value}"
                ) + extension;
    }

    private static (string Stem, string Extension) Split(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot > path.LastIndexOf('/') ? (path[..dot], path[dot..]) : (path, "");
    }

    [GeneratedRegex(@"-([0-9]{1,9})-of-([0-9]{1,9})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shard();
}
