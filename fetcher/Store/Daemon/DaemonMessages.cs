namespace NixAiModels.Store.Daemon;

/// <summary>Reads the messages that a daemon sends while it works on an operation, up to the one that its answer
/// follows.</summary>
internal static class DaemonMessages
{
    /// <summary>Reads to the end of the operation.</summary>
    /// <param name="reader">The stream from the daemon.</param>
    /// <param name="minor">The minor version that was agreed on.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="DaemonError">The daemon refused; the connection is still in step.</exception>
    /// <exception cref="InvalidDataException">A message of an unknown kind.</exception>
    public static async Task ReadToEndAsync(WireReader reader, int minor, CancellationToken cancellation)
    {
        while (true)
        {
            switch ((DaemonProtocol.Message)await reader.ReadUInt64Async(cancellation))
            {
                case DaemonProtocol.Message.Last:
                    return;

                case DaemonProtocol.Message.Error:
                    throw new DaemonError(await ReadErrorAsync(reader, minor, cancellation));

                // A line of the daemon's log; what concerns the user comes as an error.
                case DaemonProtocol.Message.Next:
                    await reader.ReadStringAsync(cancellation);
                    break;

                case DaemonProtocol.Message.StartActivity:
                    await SkipAsync(reader, 3, cancellation); // id, level, type
                    await reader.ReadStringAsync(cancellation);
                    await SkipFieldsAsync(reader, cancellation);
                    await SkipAsync(reader, 1, cancellation); // parent
                    break;

                case DaemonProtocol.Message.StopActivity:
                    await SkipAsync(reader, 1, cancellation);
                    break;

                case DaemonProtocol.Message.Result:
                    await SkipAsync(reader, 2, cancellation); // id, type
                    await SkipFieldsAsync(reader, cancellation);
                    break;

                case var other:
                    throw new InvalidDataException($"an unknown message 0x{(ulong)other:x}");
            }
        }
    }

    private static async Task<string> ReadErrorAsync(WireReader reader, int minor, CancellationToken cancellation)
    {
        const int firstWithStructure = 26;
        if (minor < firstWithStructure)
        {
            var text = await reader.ReadStringAsync(cancellation);
            await SkipAsync(reader, 1, cancellation); // exit status
            return text;
        }

        await reader.ReadStringAsync(cancellation); // "Error"
        await SkipAsync(reader, 1, cancellation); // level
        await reader.ReadStringAsync(cancellation); // name
        var message = await reader.ReadStringAsync(cancellation);
        await SkipAsync(reader, 1, cancellation); // no position
        for (var traces = await reader.ReadCountAsync(cancellation); traces > 0; traces--)
        {
            await SkipAsync(reader, 1, cancellation);
            await reader.ReadStringAsync(cancellation);
        }

        return message;
    }

    private static async Task SkipFieldsAsync(WireReader reader, CancellationToken cancellation)
    {
        for (var fields = await reader.ReadCountAsync(cancellation); fields > 0; fields--)
        {
            const ulong isNumber = 0,
                isText = 1;
            switch (await reader.ReadUInt64Async(cancellation))
            {
                case isNumber:
                    await SkipAsync(reader, 1, cancellation);
                    break;
                case isText:
                    await reader.ReadStringAsync(cancellation);
                    break;
                case var other:
                    throw new InvalidDataException($"a field of type {other}");
            }
        }
    }

    private static async Task SkipAsync(WireReader reader, int numbers, CancellationToken cancellation)
    {
        for (; numbers > 0; numbers--)
            await reader.ReadUInt64Async(cancellation);
    }
}
