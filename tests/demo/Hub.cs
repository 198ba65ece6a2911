using System.Diagnostics;
using System.Text.Json;

namespace NixAiModels.Demo;

/// <summary>The test hub, as a process of its own.</summary>
internal sealed class Hub : IDisposable
{
    private readonly Process _process;
    private readonly HttpClient _control = new();

    private Hub(Process process, string endpoint)
    {
        _process = process;
        Endpoint = endpoint;
    }

    public string Endpoint { get; }

    public static Hub Start(string root, string folder)
    {
        var program = Path.Combine(root, "artifacts", "dotnet", "bin", "TestHub", "release", "test-hub.dll");
        var process = Process.Start(
            new ProcessStartInfo("dotnet", [program, "--root", folder, "--until-stdin-closes"])
            {
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
            }
        )!;
        var ready =
            process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the test hub did not start");
        return new Hub(process, JsonDocument.Parse(ready).RootElement.GetProperty("endpoint").GetString()!);
    }

    /// <summary>The number of requests that the hub and its CDN have answered since the record was cleared.</summary>
    public int Requests() =>
        JsonDocument.Parse(_control.GetStringAsync($"{Endpoint}/_record").Result).RootElement.GetArrayLength();

    /// <summary>The bytes of files that they have sent since then.</summary>
    public long Bytes() =>
        JsonDocument
            .Parse(_control.GetStringAsync($"{Endpoint}/_record").Result)
            .RootElement.EnumerateArray()
            .Where(request => request.GetProperty("on").GetString() is "cdn" or "resolve")
            .Sum(request => request.GetProperty("bytes").GetInt64());

    public void ClearRecord() => _control.DeleteAsync(new Uri($"{Endpoint}/_record")).Wait();

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        _control.Dispose();
    }
}
