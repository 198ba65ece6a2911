using System.Text;
using System.Text.Json;

namespace NixAiModels.Signing;

/// <summary>A file as a manifest lists it.</summary>
/// <param name="Path">The path in the model, with slashes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256 of the content, lower hex.</param>
public sealed record SignedFile(string Path, long Size, string Sha256);

/// <summary>A signed list of a model's files (docs/signing.md).</summary>
/// <remarks>The signed bytes are not the JSON but a text with one line per file, on which no two writers of JSON can
/// disagree.</remarks>
public sealed class SignedManifest
{
    /// <summary>The manifest's name in the model's folder; the manifest itself is not signed.</summary>
    public const string FileName = "nix-ai-models.sig.json";

    private const string Header = "nix-ai-models signed manifest 1\n";

    private SignedManifest(IReadOnlyList<SignedFile> files, IReadOnlyList<Signature> signatures)
    {
        Files = [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
        Signatures = signatures;
    }

    /// <summary>The files, by path.</summary>
    public IReadOnlyList<SignedFile> Files { get; }

    /// <summary>The signatures.</summary>
    public IReadOnlyList<Signature> Signatures { get; }

    /// <summary>Signs a list of files.</summary>
    public static SignedManifest Sign(IReadOnlyList<SignedFile> files, SecretKey key)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(key);
        return new SignedManifest(files, [key.Sign(SignedText(files))]);
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="Failure">The JSON is not a manifest (exit code 8).</exception>
    public static SignedManifest Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json.Span, ManifestJson.Default.ManifestContent);
            if (manifest is null || manifest.Files.Any(file => file is null))
                throw new JsonException();
            return new SignedManifest(
                manifest.Files,
                [.. manifest.Signatures.Select(text => new Signature(text ?? ""))]
            );
        }
        catch (JsonException error)
        {
            throw new Failure(
                ExitCode.Validation,
                "invalid signed manifest",
                "nix-ai-models sign PATH --key-file KEY   # writes a new one",
                error
            );
        }
    }

    /// <summary>Checks that one of the keys signed exactly these files.</summary>
    /// <param name="trusted">The trusted keys; one signature is enough.</param>
    /// <param name="files">The files of the model, without the manifest.</param>
    /// <exception cref="Failure">None did (exit code 8); the message names the files that differ, or the keys that
    /// signed.</exception>
    public void Verify(IReadOnlyList<PublicKey> trusted, IReadOnlyList<SignedFile> files)
    {
        ArgumentNullException.ThrowIfNull(trusted);
        ArgumentNullException.ThrowIfNull(files);
        var text = SignedText(Files);
        if (!Signatures.Any(signature => signature.IsValid(text, trusted)))
        {
            var names = string.Join(", ", Signatures.Select(signature => signature.KeyName));
            throw new Failure(
                ExitCode.Validation,
                $"no valid signature by a trusted key (signed by: {(names.Length == 0 ? "nobody" : names)})",
                "if you trust the key that signed it: --trusted-public-keys NAME:BASE64"
            );
        }

        if (!text.AsSpan().SequenceEqual(SignedText(files)))
        {
            throw new Failure(
                ExitCode.Validation,
                $"the files differ from those that were signed: {Difference(files)}",
                "get the files that were signed, or sign these: nix-ai-models sign PATH --key-file KEY"
            );
        }
    }

    /// <summary>Writes the manifest as JSON, ending in a newline.</summary>
    public void WriteJson(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var content = new ManifestContent(Files, [.. Signatures.Select(signature => signature.Text)]);
        output.Write(JsonSerializer.SerializeToUtf8Bytes(content, ManifestJson.Default.ManifestContent));
        output.WriteByte((byte)'\n');
    }

    // A path may hold any character, including a newline: hence the hex.
    private static byte[] SignedText(IReadOnlyList<SignedFile> files)
    {
        var text = new StringBuilder(Header);
        foreach (var file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            text.Append(file.Sha256)
                .Append(' ')
                .Append(file.Size)
                .Append(' ')
                .Append(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(file.Path)))
                .Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private string Difference(IReadOnlyList<SignedFile> files)
    {
        var signed = Files.ToLookup(file => file.Path, StringComparer.Ordinal);
        var there = files.ToLookup(file => file.Path, StringComparer.Ordinal);
        var changed = files
            .Where(file => signed.Contains(file.Path) && !signed[file.Path].Contains(file))
            .Select(file => $"{file.Path} differs");
        var added = files.Where(file => !signed.Contains(file.Path)).Select(file => $"{file.Path} is not signed");
        var missing = Files.Where(file => !there.Contains(file.Path)).Select(file => $"{file.Path} is missing");
        return string.Join(", ", changed.Concat(added).Concat(missing).Take(5));
    }
}
