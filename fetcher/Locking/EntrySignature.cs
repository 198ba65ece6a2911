using NixAiModels.Signing;

namespace NixAiModels.Locking;

/// <summary>Signatures of lock entries: Ed25519, in the text form of Nix' own (<c>key name:base64</c>).</summary>
public static class EntrySignature
{
    /// <summary>The entry with the key's signature; an older one of a key of that name is replaced, others
    /// stay.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="key">The key.</param>
    public static LockEntry Sign(string name, LockEntry entry, SecretKey key)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(key);
        var others = entry.Signatures.Where(signature => signature.KeyName != key.Name);
        return entry with { Signatures = [.. others, key.Sign(EntryText.Of(name, entry))] };
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
                + "nix-ai-models lock-sign models.lock.json --key-file KEY   # for whoever vouches for it"
        );
    }
}
