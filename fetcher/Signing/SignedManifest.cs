using System.Text;
using System.Text.Json;

namespace NixAiModels.Signing;

/// <summary>A file as a manifest lists it.</summary>
/// <param name="Path">The path in the model, with slashes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256 of the content, lower hex.</param>
public sealed record SignedFile(string Path, long Size, string Sha256);

/// <summary>A list of exactly the files of a model, and the signatures that keys gave it (docs/signing.md).</summary>
/// <remarks>What is signed is no JSON but a text of one line a file, so that no two writers of JSON can disagree on
/// it.</remarks>
public sealed class SignedManifest
{
    /// <summary>The manifest's name in the model's folder; it is no part of what is signed.</summary>
    public const string FileName = "nix-ai-models.sig.json";

    private const string Header = "nix-ai-models signed manifest 1\n";
    private const int SignatureLength = 64;

    private static readonly JsonWriterOptions Json = new() { Indented = true };

    private SignedManifest(IReadOnlyList<SignedFile> files, IReadOnlyList<string> signatures)
    {
        Files = [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
        Signatures = signatures;
    }

    /// <summary>The files, by path.</summary>
    public IReadOnlyList<SignedFile> Files { get; }

    /// <summary>The signatures, each <c>key name:base64</c>.</summary>
    public IReadOnlyList<string> Signatures { get; }

    /// <summary>Signs a list of files.</summary>
    public static SignedManifest Sign(IReadOnlyList<SignedFile> files, SecretKey key)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(key);
        return new SignedManifest(files, [$"{key.Name}:{Convert.ToBase64String(key.Sign(SignedText(files)))}"]);
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="Failure">It is none (exit 8).</exception>
    public static SignedManifest Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var files = document
                .RootElement.GetProperty("files")
                .EnumerateArray()
                .Select(file => new SignedFile(
                    file.GetProperty("path").GetString()!,
                    file.GetProperty("size").GetInt64(),
                    file.GetProperty("sha256").GetString()!
                ))
                .ToList();
            return new SignedManifest(
                files,
                [
                    .. document
                        .RootElement.GetProperty("signatures")
                        .EnumerateArray()
                        .Select(signature => signature.GetString()!),
                ]
            );
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new Failure(
                ExitCode.Validation,
                "is no signed manifest",
                "Make it anew: nix-ai-models sign PATH --key-file KEY",
                error
            );
        }
    }

    /// <summary>Checks that one of the keys signed exactly these files.</summary>
    /// <param name="trusted">The keys that count.</param>
    /// <param name="files">The files that are there, without the manifest.</param>
    /// <exception cref="Failure">None did (exit 8); the message says which file differs, or which keys
    /// signed.</exception>
    public void Verify(IReadOnlyList<PublicKey> trusted, IReadOnlyList<SignedFile> files)
    {
        ArgumentNullException.ThrowIfNull(trusted);
        ArgumentNullException.ThrowIfNull(files);
        var text = SignedText(Files);
        if (!Signatures.Any(signature => IsOf(signature, text, trusted)))
        {
            var names = string.Join(", ", Signatures.Select(signature => signature.Split(':')[0]));
            throw new Failure(
                ExitCode.Validation,
                $"has no valid signature of a trusted key (signed by: {(names.Length == 0 ? "nobody" : names)})",
                "Trust the key that signed it, if you do: --trusted-public-keys NAME:BASE64"
            );
        }

        if (!text.AsSpan().SequenceEqual(SignedText(files)))
        {
            throw new Failure(
                ExitCode.Validation,
                $"is a signature of other files: {Difference(files)}",
                "Get the very files that were signed, or sign these."
            );
        }
    }

    /// <summary>Writes the manifest as JSON with a newline behind it.</summary>
    public void WriteJson(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using (var json = new Utf8JsonWriter(output, Json))
        {
            json.WriteStartObject();
            json.WriteStartArray("files");
            foreach (var file in Files)
            {
                json.WriteStartObject();
                json.WriteString("path", file.Path);
                json.WriteNumber("size", file.Size);
                json.WriteString("sha256", file.Sha256);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("signatures");
            foreach (var signature in Signatures)
                json.WriteStringValue(signature);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    private static bool IsOf(string signature, byte[] text, IReadOnlyList<PublicKey> trusted)
    {
        (string Name, byte[] Bytes) parsed;
        try
        {
            parsed = KeyText.Parse(signature, SignatureLength, "signature");
        }
        catch (Failure)
        {
            return false;
        }

        return trusted.Any(key => key.Name == parsed.Name && key.Verifies(text, parsed.Bytes));
    }

    // The path comes last and as hex of its UTF-8: it may hold any character, a newline too.
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
