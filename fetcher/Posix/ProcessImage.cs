using System.Runtime.InteropServices;
using System.Text;

namespace NixAiModels.Posix;

/// <summary>Makes this process another program, as <c>exec</c> of a shell does: the process id, open files, and what a
/// parent waits for stay.</summary>
internal static unsafe class ProcessImage
{
    /// <summary>Sets an environment variable for the program.</summary>
    /// <exception cref="IOException">The name is empty or has an equals sign.</exception>
    internal static void SetVariable(string name, string value)
    {
        if (LibC.SetVariable(name, value, overwrite: 1) != 0)
            throw LibC.LastError();
    }

    /// <summary>The last arguments of this process as it got them: .NET replaces bytes that are not UTF-8.</summary>
    /// <param name="arguments">The arguments as .NET has them.</param>
    internal static IEnumerable<byte[]> Raw(IReadOnlyList<string> arguments)
    {
        const string commandLine = "/proc/self/cmdline";
        if (!File.Exists(commandLine))
            return arguments.Select(Encoding.UTF8.GetBytes);
        var words = new List<byte[]>();
        var bytes = File.ReadAllBytes(commandLine).AsSpan();
        for (var end = bytes.IndexOf((byte)0); end >= 0; end = bytes.IndexOf((byte)0))
        {
            words.Add(bytes[..end].ToArray());
            bytes = bytes[(end + 1)..];
        }

        return words.TakeLast(arguments.Count);
    }

    /// <summary>Becomes the program; returns only by an exception.</summary>
    /// <param name="program">Its path, also the first of its arguments.</param>
    /// <param name="arguments">The arguments after that.</param>
    /// <exception cref="IOException">It is not there, or cannot be executed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be executed.</exception>
    internal static void Become(string program, IReadOnlyList<byte[]> arguments)
    {
        RawPath path = program;
        var words = arguments.Select(word => (byte[])[.. word, 0]).Prepend(path.Terminated);
        var pins = words.Select(word => GCHandle.Alloc(word, GCHandleType.Pinned)).ToList();
        var pointers = stackalloc byte*[pins.Count + 1];
        for (var i = 0; i < pins.Count; i++)
            pointers[i] = (byte*)pins[i].AddrOfPinnedObject();
        pointers[pins.Count] = null;
        // .NET ignores SIGPIPE, and what is ignored stays so in the next program.
        const int brokenPipe = 13,
            byDefault = 0;
        _ = LibC.SetSignal(brokenPipe, byDefault);
        _ = LibC.Execute(path.Terminated, pointers);
        throw LibC.LastError();
    }
}
