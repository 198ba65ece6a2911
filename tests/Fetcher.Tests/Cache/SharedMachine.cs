using System.Diagnostics;
using System.Text.Json.Nodes;
using NixAiModels.Sync;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Cache;

/// <summary>A machine on which root syncs a cache that another user owns, and root's own files. Its store is a folder
/// and its Nix agrees to everything, so that one run takes milliseconds.</summary>
internal sealed class SharedMachine : IDisposable
{
    internal const string Repository = "models--acme--tiny";

    internal static readonly string Commit = PrivateStore.Hex("tiny");

    internal SharedMachine()
    {
        Root = Directory.CreateDirectory(Path.Combine(PrivateStore.Shared, Guid.NewGuid().ToString("N")[..8])).FullName;
        Raw = this[$"store/{new string('a', 32)}-raw"];
        foreach (var path in (string[])["config.json", "onnx/model.onnx", "onnx/deep/weights"])
            Write(Path.Combine(Raw, path), path);
        Write(Report, $$"""{"files":[{"path":"config.json","sha256":"{{PrivateStore.Sha256("config.json")}}"}]}""");
        Write(Out + "/name", "tiny");
        Directory.CreateDirectory(this["bin"]);
        Executable.WriteScript(this["bin/nix-store"], "#!/bin/sh\nexit 0\n");
        Directory.CreateDirectory(Cache);
        GiveToOther(Cache);
        Write(Key, "root's");
        File.SetUnixFileMode(Key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(Secret, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Untouched = Secrets();
    }

    internal string Root { get; }

    internal string Cache => this["hub"];

    internal string Folder => $"{Cache}/{Repository}";

    internal string Raw { get; }

    internal string Out => this[$"store/{new string('b', 32)}-tiny"];

    internal string Report => this[$"store/{new string('c', 32)}-report"];

    /// <summary>A folder that root alone may enter.</summary>
    internal string Secret => this["secret"];

    internal string Key => this["secret/key"];

    /// <summary>What root's folder is like while nobody has won.</summary>
    internal string Untouched { get; }

    internal string this[string name] => Path.Combine(Root, name);

    /// <summary>Every file of root's with its content, modes and groups.</summary>
    internal string Secrets() =>
        Run("sh", "-c", $"find {Secret} -printf '%p %y %m %G\\n' | sort; cat {Key}; ls {Secret} | wc -l");

    internal string Manifest(bool partial = false, bool empty = false, string? cache = null, string? state = null)
    {
        var model = new JsonObject
        {
            ["name"] = "tiny",
            ["repo"] = "acme/tiny",
            ["repoType"] = "model",
            ["rev"] = Commit,
            ["refs"] = new JsonArray("main"),
            ["partial"] = partial,
            ["out"] = Out,
            ["report"] = Report,
            ["raw"] = Raw,
        };
        var path = this[$"manifest-{Guid.NewGuid():N}.json"];
        Write(
            path,
            new JsonObject
            {
                ["version"] = 1,
                ["cacheDir"] = cache ?? Cache,
                ["group"] = "nogroup",
                ["stateDir"] = state ?? this["state"],
                ["nix"] = this["bin"],
                ["models"] = empty ? new JsonArray() : new JsonArray(model),
            }.ToJsonString()
        );
        return path;
    }

    /// <summary>Syncs; what an attack makes of the models does not matter.</summary>
    internal static async Task<ExitCode> SyncAsync(string manifest)
    {
        try
        {
            return await new SyncRun(SyncManifest.Read(manifest), null, dryRun: false)
            {
                OwnerCanWriteTo = _ => false,
            }.RunAsync(TestContext.Current.CancellationToken);
        }
        catch (Failure failure)
        {
            return failure.Code;
        }
    }

    /// <summary>A folder of the other user's.</summary>
    internal void Make(string path) => GiveToOther(Directory.CreateDirectory(path).FullName);

    /// <summary>A link of the other user's.</summary>
    internal void Link(string path, string target)
    {
        File.CreateSymbolicLink(path, target);
        GiveToOther(path);
    }

    internal static void GiveToOther(string path) => Run("chown", "-hR", $"{OtherUser.Id}", path);

    /// <summary>Runs a program as another user.</summary>
    internal static Task<Outcome> AsUserAsync(int user, string program, params string[] arguments) =>
        Executable.RunAsync(
            "setpriv",
            [$"--reuid={user}", $"--regid={user}", "--clear-groups", program, .. arguments],
            folder: "/"
        );

    internal static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0, process.StandardError.ReadToEnd());
        return output;
    }

    public void Dispose() => Run("rm", "-rf", Root);

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
