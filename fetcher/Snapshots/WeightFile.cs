using System.Globalization;
using System.Text.RegularExpressions;

namespace NixAiModels.Snapshots;

/// <summary>What the name of a file with weights says, after the customs of transformers and diffusers.</summary>
/// <param name="Base">The path without the shard's number and without the extension: <c>dir/pytorch_model</c>.</param>
/// <param name="Extension">The last extension with its dot, in lower case.</param>
/// <param name="Total">Of how many shards it is one (<c>-00001-of-00015</c>), or <see langword="null"/>.</param>
internal sealed partial record WeightFile(string Base, string Extension, long? Total)
{
    private const string TorchPrefix = "pytorch_model";

    /// <summary>What files of the same weights in other formats share: transformers calls them <c>model.safetensors</c>
    /// and
    /// <c>pytorch_model.bin</c>, everybody else changes the extension alone.</summary>
    internal string Group
    {
        get
        {
            var name = Base.LastIndexOf('/') + 1;
            return Base.AsSpan(name).StartsWith(TorchPrefix, StringComparison.Ordinal)
                ? $"{Base.AsSpan(0, name)}model{Base.AsSpan(name + TorchPrefix.Length)}"
                : Base;
        }
    }

    /// <summary>Reads a path, of weights or not.</summary>
    internal static WeightFile Of(string path)
    {
        var dot = path.LastIndexOf('.');
        var (stem, extension) =
            dot > path.LastIndexOf('/') ? (path[..dot], path[dot..].ToLowerInvariant()) : (path, "");
        var shard = Shard().Match(stem);
        return shard.Success
            ? new WeightFile(
                stem[..shard.Index],
                extension,
                long.Parse(shard.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            )
            : new WeightFile(stem, extension, null);
    }

    [GeneratedRegex(@"-[0-9]{1,9}-of-([0-9]{1,9})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shard();
}
