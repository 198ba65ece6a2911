namespace NixAiModels.Transfer;

/// <summary>Proof that every byte of a file hashes to what the hub lists. Only verification makes one, and from then on
/// nothing writes to the file.</summary>
public sealed class VerifiedFile
{
    internal VerifiedFile(RemoteContent content) => Content = content;

    /// <summary>The file.</summary>
    public RemoteContent Content { get; }
}
