using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NixAiModels.Tests.Hub;

/// <summary>A repository of the test hub, written to its folder step by step; each step takes effect with the next
/// request.</summary>
public sealed class TestRepository
{
    private readonly string _folder;
    private readonly string _revision;

    internal TestRepository(string root, string type, string name)
        : this(Path.Combine(root, type, name), "main") { }

    private TestRepository(string folder, string revision)
    {
        (_folder, _revision) = (folder, revision);
        Directory.CreateDirectory(Folder);
    }

    /// <summary>The folder of the revision's files on disk.</summary>
    public string Folder => Path.Combine(_folder, _revision.Replace("/", "%2F", StringComparison.Ordinal));

    /// <summary>The same repository at another revision: a branch with its own files.</summary>
    public TestRepository Revision(string name) => new(_folder, name);

    /// <summary>A tag of a registry's model: every file of it is a blob.</summary>
    internal TestRepository Tagged(string tag)
    {
        var tagged = new TestRepository(_folder, tag);
        Directory.Delete(Folder);
        return System.IO.File.Exists(SettingsFile)
            ? tagged
            : tagged.Save(new JsonObject { ["lfs"] = new JsonArray("*") });
    }

    /// <summary>Writes a file; its size and extension decide whether it is in LFS.</summary>
    public TestRepository File(string path, string text) => File(path, Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="File(string, string)"/>
    public TestRepository File(string path, byte[] content)
    {
        System.IO.File.WriteAllBytes(Place(path), content);
        return this;
    }

    /// <summary>Writes a file that is in LFS.</summary>
    public TestRepository Lfs(string path, byte[] content) => File(path, content).Add("lfs", path);

    /// <summary>Makes an LFS file of this size that takes no space on disk.</summary>
    public TestRepository SparseLfs(string path, long size)
    {
        using var file = System.IO.File.Create(Place(path));
        file.SetLength(size);
        return Add("lfs", path);
    }

    /// <summary>Writes a file that is in git itself, whatever its name or size.</summary>
    public TestRepository Regular(string path, byte[] content) => File(path, content).Add("regular", path);

    /// <summary>Removes a file.</summary>
    public TestRepository Remove(string path)
    {
        System.IO.File.Delete(Path.Combine(Folder, path));
        return this;
    }

    /// <summary>Copies this revision's files to another name, to keep an old commit while this branch moves
    /// on.</summary>
    public TestRepository CopyTo(string revision)
    {
        var copy = Revision(revision);
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
            System.IO.File.Copy(file, copy.Place(Path.GetRelativePath(Folder, file)), overwrite: true);
        return this;
    }

    /// <summary>Only these tokens can see the repository.</summary>
    public TestRepository Private(params string[] tokens) => Set("private", true).Add("tokens", tokens);

    /// <summary>Only these tokens can read its files.</summary>
    public TestRepository Gated(params string[] tokens) => Set("gated", "auto").Add("tokens", tokens);

    /// <summary>Tokens of accounts that have not accepted the licence.</summary>
    public TestRepository Unaccepted(params string[] tokens) => Add("unaccepted_tokens", tokens);

    /// <summary>Fine-grained tokens without the permission for gated repositories.</summary>
    public TestRepository Limited(params string[] tokens) => Add("limited_tokens", tokens);

    /// <summary>Disables the repository.</summary>
    public TestRepository Disabled() => Set("disabled", true);

    /// <summary>Redirects to the repository's new name.</summary>
    public TestRepository RenamedTo(string name) => Set("renamed_to", name);

    /// <summary>A tag on a revision.</summary>
    public TestRepository Tag(string name, string revision = "main")
    {
        var settings = Settings();
        ((JsonObject)(settings["tags"] ??= new JsonObject()))[name] = revision;
        return Save(settings);
    }

    /// <summary>A fault of this repository, which stays when the hub's are cleared.</summary>
    public TestRepository Fault(object fault)
    {
        var settings = Settings();
        ((JsonArray)(settings["faults"] ??= new JsonArray())).Add(JsonSerializer.SerializeToNode(fault));
        return Save(settings);
    }

    private TestRepository Set(string name, JsonNode value)
    {
        var settings = Settings();
        settings[name] = value;
        return Save(settings);
    }

    private TestRepository Add(string name, params string[] values)
    {
        var settings = Settings();
        var list = (JsonArray)(settings[name] ??= new JsonArray());
        foreach (var value in values)
            list.Add((JsonNode)value);
        return Save(settings);
    }

    private string SettingsFile => Path.Combine(_folder, "repo.json");

    private JsonObject Settings() =>
        System.IO.File.Exists(SettingsFile) ? JsonNode.Parse(System.IO.File.ReadAllText(SettingsFile))!.AsObject() : [];

    private TestRepository Save(JsonObject settings)
    {
        System.IO.File.WriteAllText(SettingsFile + ".new", settings.ToJsonString());
        System.IO.File.Move(SettingsFile + ".new", SettingsFile, overwrite: true);
        return this;
    }

    private string Place(string path)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }
}
