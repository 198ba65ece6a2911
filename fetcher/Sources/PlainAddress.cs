using System.Collections.Frozen;
using NixAiModels.Hub;

namespace NixAiModels.Sources;

/// <summary>Tells the address of a file on the web from that of a repository, of which other hubs have the same
/// form.</summary>
internal static class PlainAddress
{
    private static readonly string[] Hubs = ["huggingface.co", "www.huggingface.co", "hf.co"];

    // They have pages like those of a hub: /ORG/NAME/blob/…, /ORG/NAME/raw/….
    private static readonly string[] NoHubs =
    [
        "bitbucket.org",
        "civitai.com",
        "codeberg.org",
        "github.com",
        "gitlab.com",
        "modelscope.cn",
        "objects.githubusercontent.com",
        "raw.githubusercontent.com",
    ];

    private static readonly string[] Pages =
    [
        "blame",
        "blob",
        "commit",
        "commits",
        "datasets",
        "discussions",
        "edit",
        "kernels",
        "raw",
        "resolve",
        "settings",
        "spaces",
        "tree",
        "viewer",
    ];

    private static readonly FrozenSet<string> Extensions = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        (
            "7z bin bz2 ckpt csv data engine ggml gguf gz h5 json jsonl keras litertlm llamafile md mlmodel model "
            + "msgpack nemo npy npz onnx onnx_data ot parquet pb pt pth rar safetensors spm tar task tflite tgz toml "
            + "txt wasm whl xz yaml yml zip zst"
        ).Split(' ')
    );

    /// <summary>Whether a word of the command line is the address of a file outside the repositories of hubs.</summary>
    /// <param name="word">The word.</param>
    /// <param name="endpoint">The hub of the command line, if it names one.</param>
    public static bool Is(string word, string? endpoint)
    {
        if (!Uri.TryCreate(word.Trim(), UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
            return false;
        var hub = HubEndpoint.Choose(endpoint);
        if (Hubs.Contains(url.Host, StringComparer.OrdinalIgnoreCase) || IsBelow(hub, url))
            return false;
        if (NoHubs.Contains(url.Host, StringComparer.OrdinalIgnoreCase))
            return true;
        var parts = url.PathAndQuery.Split('?', 2);
        var segments = parts[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Any(segment => Pages.Contains(segment)))
            return false;
        return parts.Length == 2
            || (segments is [.., var last] && Extensions.Contains(last[(last.LastIndexOf('.') + 1)..]));
    }

    private static bool IsBelow(HubEndpoint hub, Uri url) =>
        $"{HubUrl.Display(url)}/".StartsWith($"{hub}/", StringComparison.OrdinalIgnoreCase);
}
