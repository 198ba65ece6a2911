using System.Diagnostics;
using System.Globalization;

namespace NixAiModels.Bench;

/// <summary>Measures how much disk a folder takes, ten times a second.</summary>
internal sealed class DiskPeak : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    public DiskPeak(string folder) =>
        _watching = Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                Peak = Math.Max(Peak, Allocated(folder));
                await Task.Delay(100);
            }
        });

    /// <summary>The largest allocation so far, GiB.</summary>
    public double Peak { get; private set; }

    public void Dispose()
    {
        _stop.Cancel();
        _watching.Wait();
        _stop.Dispose();
    }

    private static double Allocated(string folder)
    {
        // It complains about files that vanish meanwhile; its sum is right all the same.
        using var process = Process.Start(
            new ProcessStartInfo("du", ["--summarize", "--block-size=1", folder])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        process.StandardError.ReadToEndAsync();
        var bytes = process.StandardOutput.ReadToEnd().Split('\t')[0];
        return double.TryParse(bytes, CultureInfo.InvariantCulture, out var number) ? number / (1L << 30) : 0;
    }
}
