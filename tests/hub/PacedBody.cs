using System.Diagnostics;

namespace NixAiModels.TestHub;

/// <summary>Writes a body at a given pace, with the interruptions and the wrong byte of the faults.</summary>
internal sealed class PacedBody(Exchange exchange, List<Fault> faults)
{
    private const int ChunkBytes = 256 << 10;

    private readonly long _bytesPerSecond = faults.Find(fault => fault.Kind == "bandwidth")?.BytesPerSecond ?? 0;
    private readonly Fault[] _flips = [.. faults.Where(fault => fault.Kind == "flip")];
    private readonly Queue<Fault> _interruptions = new(
        faults.Where(f => f.Kind is "reset" or "cut" or "stall").OrderBy(f => f.After)
    );
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _sent;

    /// <summary>Sends <paramref name="length"/> bytes of the file from <paramref name="first"/> on, then extra
    /// zeros.</summary>
    /// <param name="file">The file on disk.</param>
    /// <param name="first">The offset of the first byte.</param>
    /// <param name="length">How many bytes of it to send.</param>
    /// <param name="extra">How many zeros follow.</param>
    /// <param name="start">Where the content begins in the file on disk.</param>
    public async Task SendAsync(string file, long first, long length, long extra, long start = 0)
    {
        using var handle = File.OpenHandle(
            file,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        while (await ContinueAsync(length))
        {
            var memory = Next(length - _sent);
            var read = await RandomAccess.ReadAsync(handle, memory, start + first + _sent, exchange.Aborted);
            if (read == 0)
            {
                await exchange.BreakAsync(reset: false); // The file has shrunk since it was listed.
                return;
            }
            Flip(memory[..read], first + _sent);
            await FlushAsync(read);
        }
        while (!exchange.Aborted.IsCancellationRequested && await ContinueAsync(length + extra))
        {
            var memory = Next(length + extra - _sent);
            memory.Span.Clear();
            await FlushAsync(memory.Length);
        }
    }

    /// <summary>Performs the interruption that is due; false if all is sent or the connection was broken.</summary>
    private async Task<bool> ContinueAsync(long end)
    {
        while (_interruptions.TryPeek(out var due) && due.After <= _sent)
        {
            _interruptions.Dequeue();
            if (due.Kind != "stall")
            {
                await exchange.BreakAsync(reset: due.Kind == "reset");
                return false;
            }
            await exchange.Response.Body.FlushAsync(exchange.Aborted);
            await Task.Delay(
                due.Seconds is { } s ? TimeSpan.FromSeconds(s) : Timeout.InfiniteTimeSpan,
                exchange.Aborted
            );
        }
        return _sent < end;
    }

    private Memory<byte> Next(long left)
    {
        // At least ten steps a second, so that a slow line is evenly slow.
        var most = _bytesPerSecond > 0 ? Math.Clamp(_bytesPerSecond / 10, 1, ChunkBytes) : ChunkBytes;
        if (_interruptions.TryPeek(out var due))
            most = Math.Min(most, due.After - _sent);
        var size = (int)Math.Min(most, left);
        return exchange.Response.BodyWriter.GetMemory(size)[..size];
    }

    private void Flip(Memory<byte> bytes, long offset)
    {
        foreach (var flip in _flips)
        {
            if (flip.At >= offset && flip.At < offset + bytes.Length)
                bytes.Span[(int)(flip.At - offset)] ^= 0x01;
        }
    }

    private async Task FlushAsync(int count)
    {
        _sent += count;
        if (
            _bytesPerSecond > 0
            && TimeSpan.FromSeconds((double)_sent / _bytesPerSecond) - Stopwatch.GetElapsedTime(_started)
                is { Ticks: > 0 } early
        )
        {
            await Task.Delay(early, exchange.Aborted);
        }

        exchange.Record.Bytes = _sent;
        exchange.Response.BodyWriter.Advance(count);
        await exchange.Response.BodyWriter.FlushAsync(exchange.Aborted);
    }
}
