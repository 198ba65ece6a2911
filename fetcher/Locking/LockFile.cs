namespace NixAiModels.Locking;

/// <summary>A lock file: models by name, each pinned file by file.</summary>
/// <param name="Models">The entries by their names.</param>
public sealed record LockFile(IReadOnlyDictionary<string, LockEntry> Models)
{
    /// <summary>The version of the format that this program reads and writes.</summary>
    public const int Version = 1;

    /// <summary>A lock file without a model.</summary>
    public static LockFile Empty { get; } = new(new Dictionary<string, LockEntry>());

    /// <summary>Reads a lock file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="Failure">It does not exist or cannot be read (exit code 7), is damaged (6), or of another
    /// version (2).</exception>
    public static LockFile Read(string path)
    {
        try
        {
            return LockReader.Read(File.ReadAllBytes(path), path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new Failure(
                ExitCode.LocalIO,
                $"no lock file {path}",
                LockCommandText.Of(path, "add", "ORG/NAME"),
                exception
            );
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }

    /// <summary>Adds an entry, or replaces the one with its name.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="entry">The entry.</param>
    public LockFile With(string name, LockEntry entry) =>
        new(new Dictionary<string, LockEntry>(Models) { [name] = entry });

    /// <summary>Removes an entry, if it is there.</summary>
    /// <param name="name">The entry's name.</param>
    public LockFile Without(string name) => new(Models.Where(each => each.Key != name).ToDictionary());

    /// <summary>The entry of a name.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="path">The file, for the message.</param>
    /// <exception cref="Failure">No entry has that name (exit code 2).</exception>
    public LockEntry Entry(string name, string path) =>
        Models.GetValueOrDefault(name)
        ?? throw new Failure(
            ExitCode.Usage,
            $"no model '{Printable.Escape(name)}' in {path}",
            Models.Count == 0
                ? LockCommandText.Of(path, "add", "ORG/NAME", "--name", name)
                : $"use one of: {string.Join(", ", Models.Keys.Order(StringComparer.Ordinal))}"
        );

    /// <summary>The given names, each of which must exist, or else all.</summary>
    /// <param name="given">The names that the user gave, if any.</param>
    /// <param name="path">The file, for the message.</param>
    /// <exception cref="Failure">No entry has a given name (exit code 2).</exception>
    public IReadOnlyList<string> Names(IReadOnlyList<string> given, string path)
    {
        foreach (var name in given)
            Entry(name, path);
        return [.. (given.Count > 0 ? given.Distinct() : Models.Keys).Order(StringComparer.Ordinal)];
    }
}
