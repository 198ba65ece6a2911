namespace NixAiModels.Tests.Nar;

/// <summary>A folder of its own for one test, removed after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string Root { get; } = Directory.CreateTempSubdirectory("nar-test-").FullName;

    /// <summary>A path in it that does not exist yet.</summary>
    internal string this[string name] => Path.Join(Root, name);

    internal string Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], content);
        return this[name];
    }

    // .NET cannot remove names that are no UTF-8, which some tests make.
    public void Dispose() => RealNix.Run("rm", "-rf", Root);
}
