using System.Diagnostics;
using System.Text.Json;

namespace NixAiModels.Bench;

/// <summary>The test hub over a folder.</summary>
internal sealed class HubProcess : IDisposable
{
    private readonly Process _process;

    /// <param name="root">The repository.</param>
    /// <param name="folder">The folder to serve.</param>
    /// <param name="options">Further options of the hub.</param>
    public HubProcess(string root, string folder, params string[] options)
    {
        var program = Path.Combine(root, "artifacts/dotnet/bin/TestHub/release/test-hub.dll");
        _process = Process.Start(
            new ProcessStartInfo("dotnet", [program, "--root", folder, .. options]) { RedirectStandardOutput = true }
        )!;
        using var line = JsonDocument.Parse(_process.StandardOutput.ReadLine()!);
        Endpoint = line.RootElement.GetProperty("endpoint").GetString()!;
    }

    public string Endpoint { get; }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
