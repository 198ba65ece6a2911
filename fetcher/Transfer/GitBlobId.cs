using System.Security.Cryptography;
using System.Text;

namespace NixAiModels.Transfer;

/// <summary>Git's id of a file: SHA-1 of <c>"blob " + size + NUL + content</c>.</summary>
public sealed record GitBlobId : ContentDigest
{
    private const int Digits = 2 * SHA1.HashSizeInBytes;

    private GitBlobId(string hex)
        : base(hex) { }

    /// <inheritdoc/>
    public override string Name => "git blob id";

    /// <summary>Reads an id.</summary>
    /// <param name="text">40 lower-case hexadecimal digits.</param>
    /// <exception cref="FormatException">It is anything else.</exception>
    public static GitBlobId Parse(string text) =>
        TryParse(text)
        ?? throw new FormatException($"'{Printable.Escape(text)}' is not a git blob id of {Digits} hexadecimal digits");

    /// <summary>Reads an id; <see langword="null"/> where the text is not one.</summary>
    /// <param name="text">40 lower-case hexadecimal digits, or anything else.</param>
    public static GitBlobId? TryParse(string? text) => LowerHex.Has(text, Digits) ? new GitBlobId(text) : null;

    /// <summary>The id of a file's content.</summary>
    /// <param name="content">The content, at its beginning.</param>
    /// <param name="size">Its size in bytes.</param>
    public static GitBlobId Of(Stream content, long size)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var hash = Start(size);
        var buffer = new byte[1 << 16];
        int count;
        while ((count = content.Read(buffer)) > 0)
            hash.AppendData(buffer.AsSpan(0, count));
        return new GitBlobId(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <inheritdoc/>
    public override IncrementalHash Begin(long size) => Start(size);

    private static IncrementalHash Start(long size)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {size}\0"));
        return hash;
    }
}
