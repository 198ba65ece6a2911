namespace NixAiModels.Store.Daemon;

/// <summary>A store's record of one of its paths.</summary>
/// <param name="Path">The store path.</param>
/// <param name="NarHash">The sha256 of its archive, hexadecimal.</param>
/// <param name="NarSize">The archive's size in bytes.</param>
/// <param name="ContentAddress">The content address that the path is made from, such as <c>fixed:r:sha256:…</c>;
/// empty if it has none.</param>
public sealed record StorePathInfo(string Path, string NarHash, long NarSize, string ContentAddress)
{
    /// <summary>Reads the part of an answer that follows the path (nix: src/libstore/worker-protocol.cc,
    /// UnkeyedValidPathInfo).</summary>
    internal static async Task<StorePathInfo> ReadAsync(string path, WireReader reader, CancellationToken cancellation)
    {
        await reader.ReadStringAsync(cancellation); // the derivation that made it
        var hash = await reader.ReadStringAsync(cancellation);
        await reader.ReadStringsAsync(cancellation); // references
        await reader.ReadUInt64Async(cancellation); // time of registration
        var size = await reader.ReadUInt64Async(cancellation);
        await reader.ReadUInt64Async(cancellation); // whether it was built here
        await reader.ReadStringsAsync(cancellation); // signatures
        return new StorePathInfo(path, hash, (long)size, await reader.ReadStringAsync(cancellation));
    }
}
