namespace NixAiModels.Transfer;

/// <summary>Proof that every byte of a file has arrived and hashes to what was expected of it, if anything was
/// (<see cref="FirstUseDigest"/>). Only verification makes one, and from then on
/// nothing writes to the file.</summary>
public sealed class VerifiedFile
{
    internal VerifiedFile(RemoteContent content) => Content = content;

    /// <summary>The file.</summary>
    public RemoteContent Content { get; }
}
