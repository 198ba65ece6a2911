using System.Security.Cryptography;

namespace NixAiModels.Images;

/// <summary>Hashes what is written, and passes it on.</summary>
/// <param name="to">Where it goes; <see langword="null"/> only hashes.</param>
internal sealed class DigestStream(Stream? to) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;

    /// <summary>"sha256:" and 64 digits, of everything so far; to be asked once.</summary>
    public string Digest => $"sha256:{Convert.ToHexStringLower(_hash.GetHashAndReset())}";

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hash.AppendData(buffer);
        to?.Write(buffer);
        _length += buffer.Length;
    }

    public override void Flush() => to?.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }
}
