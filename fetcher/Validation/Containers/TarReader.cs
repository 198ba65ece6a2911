using System.Text;
using NixAiModels.Paths;

namespace NixAiModels.Validation.Containers;

/// <summary>A member of a tar.</summary>
/// <param name="Name">The name, as the long-name records before it may have changed it.</param>
/// <param name="Link">Where a link leads, else empty.</param>
/// <param name="IsLink">Whether it is a symbolic or hard link.</param>
/// <param name="IsSpecial">Whether it is a device or pipe.</param>
/// <param name="DataOffset">Where its data begins.</param>
/// <param name="Length">Bytes of its data.</param>
internal sealed record TarMember(string Name, string Link, bool IsLink, bool IsSpecial, long DataOffset, long Length);

/// <summary>The members of a tar, one after the other, and what is wrong with it.</summary>
internal sealed class TarReader(ByteSource source, CancellationToken cancellation)
{
    private const int LongestRecord = 1 << 20;
    private const int MaxMembers = 200_000;

    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong; complete once the members have been read.</summary>
    public HashSet<string> Problems { get; } = [];

    /// <summary>Reads the members in order; those after the end of the archive, which some readers ignore, are
    /// included.</summary>
    public IEnumerable<TarMember> Members()
    {
        string? longName = null,
            longLink = null;
        long? longSize = null;
        var ended = false;
        var count = 0;
        var block = new byte[TarHeader.Size];
        long position = 0;
        while (source.Read(position, block) == block.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!TarHeader.IsValid(block))
            {
                if (block.AsSpan().ContainsAnyExcept((byte)0))
                {
                    Problems.Add("bytes outside the members");
                    yield break;
                }

                ended = true;
                position += TarHeader.Size;
                continue;
            }

            if (++count > MaxMembers)
                throw new UnscannableException($"more than {MaxMembers} members");
            if (ended)
                Problems.Add("members after the end of the archive");
            var header = TarHeader.Parse(block);
            var data = position + TarHeader.Size;
            var length = longSize ?? header.Length;
            if (length < 0 || length > long.MaxValue / 2)
            {
                Problems.Add("member with an invalid size");
                yield break;
            }

            position = data + ((length + TarHeader.Size - 1) / TarHeader.Size * TarHeader.Size);
            switch (header.Type)
            {
                case 'L':
                    longName = Record(data, length).TrimEnd('\0');
                    continue;
                case 'K':
                    longLink = Record(data, length).TrimEnd('\0');
                    continue;
                case 'x' or 'X' or 'g':
                    ReadPax(Record(data, length), ref longName, ref longLink, ref longSize);
                    continue;
            }

            var member = new TarMember(
                longName ?? header.Name,
                longLink ?? header.Link,
                header.Type is '1' or '2',
                header.Type is '3' or '4' or '6',
                data,
                length
            );
            Check(member, header.Type);
            (longName, longLink, longSize) = (null, null, null);
            if (header.Type is '1' or '2' or '3' or '4' or '5' or '6')
                position = data;
            yield return member;
        }

        if (!ended)
            Problems.Add("missing end of the archive");
    }

    private void Check(TarMember member, char type)
    {
        var name = Printable.Escape(member.Name);
        if (!_names.Add(Plain(member.Name)) && type != '5')
            Problems.Add($"duplicate member {name}; Python uses the last one, others another");
        if (!RelativePath.IsInsideOnAnySystem(member.Name))
            Problems.Add($"member outside the folder: {name}");
        if (member.IsLink && (!RelativePath.IsInsideOnAnySystem(member.Link) || member.Link.Length == 0))
            Problems.Add($"link outside the folder: {name}");
        if (member.IsSpecial)
            Problems.Add($"device or pipe: {name}");
    }

    private static string Plain(string name) =>
        (name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name).TrimEnd('/');

    private string Record(long position, long length)
    {
        if (length > LongestRecord)
            throw new UnscannableException("name record of more than 1 MiB");
        return Encoding.UTF8.GetString(source.Peek(position, (int)length));
    }

    // POSIX.1-2001 pax: "LENGTH KEY=VALUE\n", over and over.
    private static void ReadPax(string records, ref string? name, ref string? link, ref long? size)
    {
        foreach (var record in records.Split('\n'))
        {
            var space = record.IndexOf(' ');
            var equals = record.IndexOf('=');
            if (space < 0 || equals < space)
                continue;
            var value = record[(equals + 1)..];
            switch (record[(space + 1)..equals])
            {
                case "path":
                    name = value;
                    break;
                case "linkpath":
                    link = value;
                    break;
                case "size" or "GNU.sparse.size":
                    size = long.TryParse(value, out var parsed) ? parsed : -1;
                    break;
            }
        }
    }
}
