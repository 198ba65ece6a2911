using System.Buffers.Binary;
using System.Text;

namespace NixAiModels.Nar;

/// <summary>Takes the bytes of a NAR as they are written, for example <c>hash.AppendData</c> or
/// <c>stream.Write</c>.</summary>
/// <param name="bytes">The next bytes; they are the writer's again when the call returns.</param>
public delegate void NarSink(ReadOnlySpan<byte> bytes);

/// <summary>Writes a Nix archive: the one byte string that a tree of directories, files and symbolic links has
/// (Nix manual, "Nix Archive (NAR) format"). Calls must come in the order of the grammar:
/// node = file | symlink | directory; directory = begin, { begin entry, node, end entry }, end.</summary>
/// <remarks>Throws <see cref="InvalidOperationException"/> if a caller breaks the grammar, the order of a directory's
/// entries (by the bytes of their names) or the announced size of a file: better no hash than a wrong one.</remarks>
public sealed class NarWriter
{
    private static readonly byte[] Magic = Strings("nix-archive-1");
    private static readonly byte[] RegularHead = Strings("(", "type", "regular", "contents");
    private static readonly byte[] ExecutableHead = Strings("(", "type", "regular", "executable", "", "contents");
    private static readonly byte[] SymlinkHead = Strings("(", "type", "symlink", "target");
    private static readonly byte[] DirectoryHead = Strings("(", "type", "directory");
    private static readonly byte[] EntryHead = Strings("entry", "(", "name");
    private static readonly byte[] EntryNode = Strings("node");
    private static readonly byte[] Close = Strings(")");

    private readonly NarSink _sink;
    private readonly Stack<byte[]> _lastNames = new();
    private State _state = State.Node;
    private long _contentSize;
    private long _contentLeft;

    /// <summary>Begins an archive.</summary>
    /// <param name="sink">Where its bytes go.</param>
    public NarWriter(NarSink sink)
    {
        _sink = sink;
        sink(Magic);
    }

    private enum State
    {
        Node,
        Entries,
        Content,
        EndOfEntry,
        Complete,
    }

    /// <summary>Whether the archive is complete: one node has been written whole.</summary>
    public bool IsComplete => _state == State.Complete;

    /// <summary>Begins a directory.</summary>
    public void BeginDirectory()
    {
        Expect(State.Node);
        _sink(DirectoryHead);
        _lastNames.Push([]);
        _state = State.Entries;
    }

    /// <summary>Ends the directory that was begun last.</summary>
    public void EndDirectory()
    {
        Expect(State.Entries);
        _lastNames.Pop();
        EndNode();
    }

    /// <summary>Begins an entry of the directory; its node follows.</summary>
    /// <param name="name">The bytes of its name, greater than those of the entry before.</param>
    public void BeginEntry(ReadOnlySpan<byte> name)
    {
        Expect(State.Entries);
        if (_lastNames.Pop().AsSpan().SequenceCompareTo(name) >= 0)
        {
            throw new InvalidOperationException(
                $"'{Printable.Escape(Encoding.UTF8.GetString(name))}' is out of order in its directory"
            );
        }

        _lastNames.Push(name.ToArray());
        _sink(EntryHead);
        WriteString(name);
        _sink(EntryNode);
        _state = State.Node;
    }

    /// <summary>Ends the entry whose node has just been written.</summary>
    public void EndEntry()
    {
        Expect(State.EndOfEntry);
        _sink(Close);
        _state = State.Entries;
    }

    /// <summary>Begins a regular file; exactly <paramref name="size"/> bytes of <see cref="Content"/> follow, then
    /// <see cref="EndFile"/>.</summary>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="executable">Whether its owner may execute it: the one permission that an archive keeps.</param>
    public void BeginFile(long size, bool executable)
    {
        Expect(State.Node);
        _sink(executable ? ExecutableHead : RegularHead);
        WriteLength(size);
        _contentSize = _contentLeft = size;
        _state = State.Content;
    }

    /// <summary>Writes the next bytes of the file.</summary>
    /// <param name="bytes">Any number of bytes.</param>
    public void Content(ReadOnlySpan<byte> bytes)
    {
        Expect(State.Content);
        _contentLeft -= bytes.Length;
        if (_contentLeft < 0)
            throw new InvalidOperationException($"more than the {_contentSize} bytes that were announced");
        _sink(bytes);
    }

    /// <summary>Ends the file.</summary>
    public void EndFile()
    {
        Expect(State.Content);
        if (_contentLeft != 0)
        {
            throw new InvalidOperationException(
                $"{_contentLeft} of the {_contentSize} bytes that were announced are missing"
            );
        }

        WritePadding(_contentSize);
        EndNode();
    }

    /// <summary>Writes a symbolic link.</summary>
    /// <param name="target">The bytes that the link holds.</param>
    public void Symlink(ReadOnlySpan<byte> target)
    {
        Expect(State.Node);
        _sink(SymlinkHead);
        WriteString(target);
        EndNode();
    }

    // A string is its length (64 bits, little endian), its bytes, and zeros up to a multiple of eight.
    private static byte[] Strings(params ReadOnlySpan<string> strings)
    {
        using var bytes = new MemoryStream();
        foreach (var text in strings)
        {
            var length = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
            bytes.Write(length);
            bytes.Write(Encoding.ASCII.GetBytes(text.PadRight((text.Length + 7) / 8 * 8, '\0')));
        }

        return bytes.ToArray();
    }

    private void EndNode()
    {
        _sink(Close);
        _state = _lastNames.Count == 0 ? State.Complete : State.EndOfEntry;
    }

    private void WriteString(ReadOnlySpan<byte> bytes)
    {
        WriteLength(bytes.Length);
        _sink(bytes);
        WritePadding(bytes.Length);
    }

    private void WriteLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        _sink(bytes);
    }

    private void WritePadding(long length)
    {
        ReadOnlySpan<byte> zeros = [0, 0, 0, 0, 0, 0, 0, 0];
        _sink(zeros[..(int)((8 - (length % 8)) % 8)]);
    }

    private void Expect(State expected)
    {
        if (_state != expected)
            throw new InvalidOperationException($"the archive is at {_state}, not at {expected}");
    }
}
