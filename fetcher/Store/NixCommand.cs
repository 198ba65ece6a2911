using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using NixAiModels.Terminal;

namespace NixAiModels.Store;

/// <summary>The <c>nix-store</c> command of the Nix that is installed on this machine.</summary>
/// <param name="folder">The folder of the commands; <see langword="null"/> for those on PATH.</param>
public sealed class NixCommand(string? folder = null)
{
    private const string Store = "nix-store";
    private const int KeptLines = 200;

    /// <summary>Adds a file or folder to the store as the output of a fixed-output derivation with its name.</summary>
    /// <remarks><c>nix-store --add-fixed</c> streams; <c>nix store add-path</c> holds the whole NAR in memory on older
    /// Nix.</remarks>
    /// <param name="path">The file or folder; its own name becomes the name in the store.</param>
    /// <param name="output">The output; how it is hashed decides the mode.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>The store path.</returns>
    /// <exception cref="Failure">Exit code 7: there is no Nix, or it refused.</exception>
    public Task<string> AddFixedAsync(string path, FixedOutput output, CancellationToken cancellation) =>
        RunAsync(
            output.IsFlat ? ["--add-fixed", "sha256", path] : ["--add-fixed", "--recursive", "sha256", path],
            cancellation
        );

    /// <summary>Makes a link that keeps a store path from being collected.</summary>
    /// <param name="storePath">The store path.</param>
    /// <param name="link">Where to put the link.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <exception cref="Failure">Exit code 7: Nix refused.</exception>
    public Task AddRootAsync(string storePath, string link, CancellationToken cancellation) =>
        AddRootsAsync([storePath], link, cancellation);

    /// <summary>Finds a program on PATH.</summary>
    /// <param name="program">Its name.</param>
    /// <returns>Its path, or <see langword="null"/>.</returns>
    internal static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    /// <summary>Removes the token from a child's environment: Nix needs none, and cannot leak what it does not
    /// have.</summary>
    internal static void HideSecrets(ProcessStartInfo start)
    {
        foreach (var secret in (string[])["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])
            start.Environment.Remove(secret);
    }

    /// <summary>Makes links that keep store paths from being collected, all by one command: <c>LINK</c>, <c>LINK-2</c>,
    /// <c>LINK-3</c> …</summary>
    /// <param name="storePaths">The store paths, which must be there.</param>
    /// <param name="link">The name of the first link.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <exception cref="Failure">Exit code 7: Nix refused.</exception>
    public Task AddRootsAsync(IEnumerable<string> storePaths, string link, CancellationToken cancellation) =>
        RunAsync(["--realise", .. storePaths, "--add-root", Path.GetFullPath(link), "--indirect"], cancellation);

    /// <summary>Those of some store paths that are not in the store.</summary>
    /// <param name="storePaths">Any store paths.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <exception cref="Failure">Exit code 7: there is no Nix, or it refused.</exception>
    public async Task<HashSet<string>> MissingAsync(
        IReadOnlyCollection<string> storePaths,
        CancellationToken cancellation
    )
    {
        if (storePaths.Count == 0)
            return [];
        var output = await RunAsync(["--check-validity", "--print-invalid", .. storePaths], cancellation);
        return new HashSet<string>(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
    }

    /// <summary>The garbage collector's roots: links, and store paths that processes use.</summary>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>Where each root is, as Nix prints it, and the store path that it keeps with all that it
    /// needs.</returns>
    /// <exception cref="Failure">Exit code 7: there is no Nix, or it refused.</exception>
    public async Task<IReadOnlyList<(string Root, string StorePath)>> RootsAsync(CancellationToken cancellation)
    {
        const string arrow = " -> ";
        var output = await RunAsync(["--gc", "--print-roots"], cancellation);
        return
        [
            .. output
                .Split('\n')
                .Where(line => line.Contains(arrow, StringComparison.Ordinal))
                .Select(line => (Line: line, At: line.LastIndexOf(arrow, StringComparison.Ordinal)))
                .Select(each => (each.Line[..each.At], each.Line[(each.At + arrow.Length)..].Trim())),
        ];
    }

    /// <summary>Some store paths and all that needs any of them.</summary>
    /// <param name="storePaths">Store paths that exist, at least one.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <exception cref="Failure">Exit code 7: there is no Nix, or it refused.</exception>
    public async Task<IReadOnlyCollection<string>> ReferrersAsync(
        IReadOnlyCollection<string> storePaths,
        CancellationToken cancellation
    )
    {
        var output = await RunAsync(["--query", "--referrers-closure", .. storePaths], cancellation);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>What some store paths need directly.</summary>
    /// <remarks>For each path <c>nix-store --dump-db</c> prints the path, its hash, size and deriver, the number of its
    /// references, and these, a line each.</remarks>
    /// <param name="storePaths">Store paths that exist, at least one.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <exception cref="Failure">Exit code 7: there is no Nix, or it refused.</exception>
    public async Task<IReadOnlyList<(string Path, string Reference)>> ReferencesAsync(
        IReadOnlyCollection<string> storePaths,
        CancellationToken cancellation
    )
    {
        const int fields = 5;
        var lines = (await RunAsync(["--dump-db", .. storePaths], cancellation)).Split('\n');
        var references = new List<(string, string)>();
        var at = 0;
        while (at + fields <= lines.Length)
        {
            var count = int.Parse(lines[at + fields - 1], CultureInfo.InvariantCulture);
            references.AddRange(lines.Skip(at + fields).Take(count).Select(reference => (lines[at], reference)));
            at += fields + count;
        }

        return references;
    }

    /// <summary>Another output of the derivation that a store path is an output of.</summary>
    /// <param name="storePath">The store path.</param>
    /// <param name="output">The other output's name.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns><see langword="null"/> where Nix does not know the derivation, or the output is not in the
    /// store.</returns>
    public async Task<string?> SiblingAsync(string storePath, string output, CancellationToken cancellation)
    {
        try
        {
            var derivation = await RunAsync(["--query", "--deriver", storePath], cancellation);
            var outputs = await RunAsync(["--query", "--outputs", derivation], cancellation);
            var found = Array.Find(outputs.Split('\n'), path => path.EndsWith($"-{output}", StringComparison.Ordinal));
            return found is null || (await MissingAsync([found], cancellation)).Count > 0 ? null : found;
        }
        catch (Failure)
        {
            return null;
        }
    }

    /// <summary>Builds a derivation, or fetches a store path from a binary cache, and logs Nix' output.</summary>
    /// <param name="path">A .drv, or a store path.</param>
    /// <param name="withToken">Whether the token stays in the environment, for a build that Nix runs without a
    /// daemon.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <exception cref="Failure">The exit code of a builder of ours that failed, else 6 for a hash mismatch and 7 for
    /// anything else.</exception>
    public Task RealiseAsync(string path, bool withToken, CancellationToken cancellation) =>
        RunAsync(["--realise", path], cancellation, withToken, Log.Line);

    /// <summary>Whether the command exists.</summary>
    public bool IsInstalled => folder is null ? Find(Store) is not null : File.Exists(Path.Combine(folder, Store));

    private async Task<string> RunAsync(
        IEnumerable<string> arguments,
        CancellationToken cancellation,
        bool withToken = false,
        Action<string>? said = null
    )
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(folder is null ? Store : Path.Combine(folder, Store), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (!withToken)
            HideSecrets(process.StartInfo);
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            throw new Failure(
                ExitCode.LocalIO,
                $"cannot run {Store}: {exception.Message}",
                "ls /nix/var/nix/profiles/default/bin   # where Nix is installed, this folder belongs on PATH",
                exception
            );
        }

        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = ErrorsAsync(process.StandardError, said, cancellation);
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode == 0)
                return (await output).Trim();
            throw NixError.Of(process.ExitCode, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task<string> ErrorsAsync(
        StreamReader reader,
        Action<string>? said,
        CancellationToken cancellation
    )
    {
        if (said is null)
            return await reader.ReadToEndAsync(cancellation);
        // The end of a long build has the cause of a failure.
        var last = new Queue<string>();
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            // The warning that nothing keeps the paths: they get their roots after this.
            if (line.Contains("--add-root", StringComparison.Ordinal))
                continue;
            said("  " + line);
            last.Enqueue(line);
            if (last.Count > KeptLines)
                last.Dequeue();
        }

        return string.Join('\n', last);
    }
}
