using NixAiModels.Signing;

namespace NixAiModels.Locking;

/// <summary>Signatures of lock entries: Ed25519, in the text form of Nix' own (<c>key name:base64</c>).</summary>
public static class EntrySignature
{
    private const int Length = 64;

    /// <summary>The entry with the key's signature; an older one of a key of that name is replaced, others
    /// stay.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="key">The key.</param>
    public static LockEntry Sign(string name, LockEntry entry, SecretKey key)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(key);
        var others = entry.Signatures.Where(signature => KeyName(signature) != key.Name);
        return entry with
        {
            Signatures = [.. others, $"{key.Name}:{Convert.ToBase64String(key.Sign(EntryText.Of(name, entry)))}"],
        };
    }

    /// <summary>An entry that takes another's place, with its signatures if they are of the same text, else with
    /// none.</summary>
    /// <param name="name">The entries' name.</param>
    /// <param name="old">The entry that was there, if any.</param>
    /// <param name="entry">The entry.</param>
    public static LockEntry Carry(string name, LockEntry? old, LockEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var same = old is not null && EntryText.Of(name, old).AsSpan().SequenceEqual(EntryText.Of(name, entry));
        return entry with { Signatures = same ? old!.Signatures : [] };
    }

    /// <summary>Checks that one of the keys signed the entry as it is.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="trusted">The keys that count.</param>
    /// <exception cref="Failure">None did (exit code 8).</exception>
    public static void Verify(string name, LockEntry entry, IReadOnlyList<PublicKey> trusted)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(trusted);
        var text = EntryText.Of(name, entry);
        if (entry.Signatures.Any(signature => IsOf(signature, text, trusted)))
            return;
        var claimed = entry.Signatures.Select(KeyName).Intersect(trusted.Select(key => key.Name)).ToArray();
        throw new Failure(
            ExitCode.Validation,
            entry.Signatures.Count == 0 ? $"the lock entry '{name}' is not signed"
                : claimed.Length == 0
                    ? $"the lock entry '{name}' is signed by {string.Join(", ", entry.Signatures.Select(KeyName))}, none of them trusted"
                : $"the lock entry '{name}' is not what {string.Join(", ", claimed)} signed: it was altered, or moved to another name",
            "see what changed (git log -p models.lock.json); who vouches for it runs: nix-ai-models lock-sign models.lock.json --key-file KEY"
        );
    }

    private static bool IsOf(string signature, byte[] text, IReadOnlyList<PublicKey> trusted)
    {
        var colon = signature.IndexOf(':', StringComparison.Ordinal);
        var bytes = new byte[Length + 2];
        return Convert.TryFromBase64String(signature[(colon + 1)..], bytes, out var count)
            && count == Length
            && trusted.Any(key => key.Name == KeyName(signature) && key.Verifies(text, bytes.AsSpan(0, Length)));
    }

    private static string KeyName(string signature) => signature.Split(':')[0];
}
