using NixAiModels.Nar;

namespace NixAiModels.Store;

/// <summary>The output of a fixed-output derivation: its name, how it is hashed, and the hash that it must
/// have.</summary>
/// <param name="Name">The derivation's name.</param>
/// <param name="IsFlat">Whether it is one file, hashed by its bytes (<c>outputHashMode = "flat"</c>); else it is a
/// folder, hashed as a NAR (<c>"recursive"</c>).</param>
/// <param name="ExpectedHash">Its <c>outputHash</c>; <see langword="null"/> where the hash is still to be
/// computed.</param>
public sealed record FixedOutput(string Name, bool IsFlat = false, NixHash? ExpectedHash = null)
{
    /// <summary>The output's store path if it has a hash.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="storeDirectory">The store that the path begins with, such as <c>/nix/store</c>.</param>
    /// <exception cref="Failure">Nix would refuse the name (exit code 2).</exception>
    public string PathFor(NixHash hash, string storeDirectory) =>
        StorePath.OfFixedOutput(Name, hash, recursive: !IsFlat, storeDirectory);
}
