using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NixAiModels.Signing;

/// <summary>A file as a manifest lists it.</summary>
/// <param name="Path">The path in the model, with slashes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256 of the content, lower hex.</param>
/// <param name="Executable">Whether its owner may execute it, as a NAR says.</param>
public sealed record SignedFile(
    string Path,
    long Size,
    string Sha256,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Executable = false
);

/// <summary>What a signature covers: a model's folder, and whose it is.</summary>
/// <param name="Repository">The repository, <c>ORG/NAME</c> or <c>datasets/ORG/NAME</c>; empty where none is
/// named.</param>
/// <param name="Files">The files, without the manifest.</param>
/// <param name="EmptyFolders">The folders without content.</param>
public sealed record SignedContent(
    string Repository,
    IReadOnlyList<SignedFile> Files,
    IReadOnlyList<string> EmptyFolders
);

/// <summary>A signed list of a model's files (docs/signing.md).</summary>
/// <remarks>The signed bytes are not the JSON but a text with one line per file, on which no two writers of JSON can
/// disagree.</remarks>
public sealed class SignedManifest
{
    /// <summary>The manifest's name in the model's folder; the manifest itself is not signed.</summary>
    public const string FileName = "nix-ai-models.sig.json";

    private const string Header = "nix-ai-models signed manifest 2\n";

    private SignedManifest(SignedContent content, IReadOnlyList<Signature> signatures) =>
        (Content, Signatures) = (content, signatures);

    /// <summary>What is signed.</summary>
    public SignedContent Content { get; }

    /// <summary>The signatures.</summary>
    public IReadOnlyList<Signature> Signatures { get; }

    /// <summary>Signs a model's content.</summary>
    public static SignedManifest Sign(SignedContent content, SecretKey key)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(key);
        return new SignedManifest(content, [key.Sign(SignedText(content))]);
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="Failure">The JSON is not a manifest (exit code 8).</exception>
    public static SignedManifest Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json.Span, ManifestJson.Default.ManifestContent);
            if (
                manifest is null
                || manifest.Files.Any(file => file is null)
                || manifest.EmptyFolders.Any(folder => folder is null)
            )
            {
                throw new JsonException();
            }

            return new SignedManifest(
                new SignedContent(manifest.Repository, manifest.Files, [.. manifest.EmptyFolders.OfType<string>()]),
                [.. manifest.Signatures.Select(text => new Signature(text ?? ""))]
            );
        }
        catch (JsonException error)
        {
            throw new Failure(
                ExitCode.Validation,
                "invalid signed manifest",
                "nix-ai-models sign PATH --repo ORG/NAME --key-file KEY   # writes a new one",
                error
            );
        }
    }

    /// <summary>Checks that one of the keys signed exactly this content.</summary>
    /// <param name="trusted">The trusted keys; one signature is enough.</param>
    /// <param name="there">The content of the model; an empty repository stands for any.</param>
    /// <exception cref="Failure">None did (exit code 8); the message names the files that differ, or the keys that
    /// signed.</exception>
    public void Verify(IReadOnlyList<PublicKey> trusted, SignedContent there)
    {
        ArgumentNullException.ThrowIfNull(trusted);
        ArgumentNullException.ThrowIfNull(there);
        var text = SignedText(Content);
        if (!Signatures.Any(signature => signature.IsValid(text, trusted)))
        {
            var names = string.Join(", ", Signatures.Select(signature => signature.KeyName));
            throw new Failure(
                ExitCode.Validation,
                $"no valid signature by a trusted key (signed by: {(names.Length == 0 ? "nobody" : names)})",
                "if you trust the key that signed it: --trusted-public-keys NAME:BASE64"
            );
        }

        if (
            there.Repository.Length > 0
            && !there.Repository.Equals(Content.Repository, StringComparison.OrdinalIgnoreCase)
        )
        {
            var signed = Content.Repository.Length == 0 ? "no repository" : Printable.Escape(Content.Repository);
            throw new Failure(
                ExitCode.Validation,
                $"signed as the content of {signed}, not of {there.Repository}",
                $"nix-ai-models sign PATH --repo {there.Repository} --key-file KEY"
            );
        }

        if (!text.AsSpan().SequenceEqual(SignedText(there with { Repository = Content.Repository })))
        {
            throw new Failure(
                ExitCode.Validation,
                $"the files differ from those that were signed: {Difference(there)}",
                "get the files that were signed, or sign these: nix-ai-models sign PATH --repo ORG/NAME --key-file KEY"
            );
        }
    }

    /// <summary>Writes the manifest as JSON, ending in a newline.</summary>
    public void WriteJson(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var content = new ManifestContent(
            Content.Repository,
            Content.Files,
            Content.EmptyFolders,
            [.. Signatures.Select(signature => signature.Text)]
        );
        output.Write(JsonSerializer.SerializeToUtf8Bytes(content, ManifestJson.Default.ManifestContent));
        output.WriteByte((byte)'\n');
    }

    // A path may hold any character, including a newline: hence the hex.
    private static byte[] SignedText(SignedContent content)
    {
        var text = new StringBuilder(Header).Append("repository ").Append(Hex(content.Repository)).Append('\n');
        foreach (var file in content.Files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            text.Append(file.Executable ? "executable " : "file ")
                .Append(file.Sha256)
                .Append(' ')
                .Append(file.Size)
                .Append(' ')
                .Append(Hex(file.Path))
                .Append('\n');
        }

        foreach (var folder in content.EmptyFolders.Order(StringComparer.Ordinal))
            text.Append("folder ").Append(Hex(folder)).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));

    private string Difference(SignedContent content)
    {
        var signed = Content.Files.ToLookup(file => file.Path, StringComparer.Ordinal);
        var there = content.Files.ToLookup(file => file.Path, StringComparer.Ordinal);
        var changed = content
            .Files.Where(file => signed.Contains(file.Path) && !signed[file.Path].Contains(file))
            .Select(file =>
                signed[file.Path].Contains(file with { Executable = !file.Executable })
                    ? $"{file.Path} is {(file.Executable ? "" : "not ")}executable"
                    : $"{file.Path} differs"
            );
        var added = content
            .Files.Where(file => !signed.Contains(file.Path))
            .Select(file => file.Path)
            .Concat(content.EmptyFolders.Except(Content.EmptyFolders))
            .Select(path => $"{path} is not signed");
        var missing = Content
            .Files.Where(file => !there.Contains(file.Path))
            .Select(file => file.Path)
            .Concat(Content.EmptyFolders.Except(content.EmptyFolders))
            .Select(path => $"{path} is missing");
        return string.Join(", ", changed.Concat(added).Concat(missing).Take(5));
    }
}
