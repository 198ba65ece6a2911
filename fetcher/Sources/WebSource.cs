using NixAiModels.Hub;

namespace NixAiModels.Sources;

/// <summary><c>source.url</c>: files on any web server.</summary>
internal sealed class WebSource : ISource
{
    public IReadOnlyList<string> Schemes { get; } = ["https", "http"];

    public ISourceFile Open(Uri url, HubOptions options) => new WebFile(url, options);
}
