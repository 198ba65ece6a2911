using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Checks;

/// <summary>YAML configurations in archives: NeMo and MLflow instantiate what they name.</summary>
internal static class ArchivedConfigs
{
    private const long Longest = 16 << 20;

    /// <summary>Adds what the configurations in a zip or a tar ask for; any other file has none.</summary>
    public static void Check(ModelFile file, FindingList findings, CancellationToken cancellation)
    {
        using var source = new FileSource(file.FullPath);
        try
        {
            var kind = ContentSniffer.Sniff(source);
            if (kind == ContentKind.Zip)
                CheckZip(source, file, findings, cancellation);
            else if (kind == ContentKind.Tar)
                CheckTar(source, file, findings, cancellation);
        }
        catch (Exception error) when (error is UnscannableException or InvalidDataException)
        {
            // The pickle scanner says what is wrong with it.
        }
    }

    private static void CheckZip(
        FileSource source,
        ModelFile file,
        FindingList findings,
        CancellationToken cancellation
    )
    {
        foreach (var entry in ZipReader.Read(source, cancellation).Entries)
        {
            if (!IsYaml(entry.Name) || entry.Size > Longest || entry.CompressedSize > Longest)
                continue;
            var data = source.Slice(entry.DataOffset, entry.CompressedSize);
            using var content = entry.IsStored ? new SourceStream(data) : ZipMethods.Open(entry, data);
            YamlCode.Check(content, entry.Name, file, findings);
        }
    }

    private static void CheckTar(
        FileSource source,
        ModelFile file,
        FindingList findings,
        CancellationToken cancellation
    )
    {
        foreach (var member in new TarReader(source, cancellation).Members())
        {
            if (!IsYaml(member.Name) || member.IsLink || member.IsSpecial || member.Length > Longest)
                continue;
            using var content = new SourceStream(source.Slice(member.DataOffset, member.Length));
            YamlCode.Check(content, member.Name, file, findings);
        }
    }

    private static bool IsYaml(string name) => Path.GetExtension(name).ToLowerInvariant() is ".yaml" or ".yml";
}
