using NixAiModels.Hub;

namespace NixAiModels.Sources;

/// <summary>Where files are that are pinned one by one: it opens the addresses of its schemes. The Hub is no such
/// source, since it has revisions and listings (docs/adding-a-source.md).</summary>
public interface ISource
{
    /// <summary>The schemes of its addresses, in lower case.</summary>
    IReadOnlyList<string> Schemes { get; }

    /// <summary>Opens an address; nothing is sent yet.</summary>
    /// <param name="url">An address of one of the schemes, exactly as it is written.</param>
    /// <param name="options">Connections, certificates, retries.</param>
    /// <exception cref="Failure">The address is invalid (exit code 2).</exception>
    ISourceFile Open(Uri url, HubOptions options);
}
