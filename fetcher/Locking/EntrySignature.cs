using NixAiModels.Signing;

namespace NixAiModels.Locking;

/// <summary>Signs lock entries and checks their signatures.</summary>
public static class EntrySignature
{
    /// <summary>Signs an entry. An earlier signature by a key of that name is replaced, others stay.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="key">The key.</param>
    public static LockEntry Sign(string name, LockEntry entry, SecretKey key)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(key);
        var others = entry.Signatures.Where(signature => signature.KeyName != key.Name);
        return entry with { Signatures = [.. others, key.Sign(CanonicalEntry.Of(name, entry))] };
    }

    /// <summary>Gives an entry the signatures of the one that it replaces, if they still hold; otherwise it has
    /// none.</summary>
    /// <param name="name">The entries' name.</param>
    /// <param name="old">The replaced entry, if any.</param>
    /// <param name="entry">The new entry.</param>
    public static T KeepValid<T>(string name, LockEntry? old, T entry)
        where T : LockEntry
    {
        ArgumentNullException.ThrowIfNull(entry);
        var same =
            old is not null && CanonicalEntry.Of(name, old).AsSpan().SequenceEqual(CanonicalEntry.Of(name, entry));
        return (T)((LockEntry)entry with { Signatures = same ? old!.Signatures : [] });
    }

    /// <summary>Checks that a trusted key signed the entry as it is.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="trusted">The trusted keys; one signature is enough.</param>
    /// <exception cref="Failure">None did (exit code 8).</exception>
    public static void Verify(string name, LockEntry entry, IReadOnlyList<PublicKey> trusted)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(trusted);
        var text = CanonicalEntry.Of(name, entry);
        if (entry.Signatures.Any(signature => signature.IsValid(text, trusted)))
            return;
        var signers = entry.Signatures.Select(signature => signature.KeyName).ToArray();
        var claimed = signers.Intersect(trusted.Select(key => key.Name)).ToArray();
        throw new Failure(
            ExitCode.Validation,
            $"lock entry '{name}': "
                + (
                    signers.Length == 0 ? "not signed"
                    : claimed.Length == 0 ? $"signed by {string.Join(", ", signers)}, none of them trusted"
                    : $"not what {string.Join(", ", claimed)} signed: it was altered, or moved to another name"
                ),
            "git log -p models.lock.json   # shows what changed\n"
                + "nix-prefetch-hf lock sign --key-file KEY   # for whoever vouches for it"
        );
    }
}
