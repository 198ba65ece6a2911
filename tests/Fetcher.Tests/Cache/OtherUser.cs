using System.Runtime.InteropServices;

namespace NixAiModels.Tests.Cache;

/// <summary>Another user of this machine who changes names as fast as the kernel allows, on a thread of this process:
/// the bare system call changes the user of one thread alone.</summary>
internal sealed unsafe partial class OtherUser : IDisposable
{
    internal const int Id = 61234;
    private const int CurrentFolder = -100,
        Exchange = 2;

    private readonly Thread _thread;
    private volatile bool _isStopped;
    private long _tries;

    private OtherUser(Func<bool> attack)
    {
        _thread = new Thread(() =>
        {
            BecomeOther();
            // Nothing is allocated here: this thread may not signal the others, as a collection of garbage does.
            while (!_isStopped)
            {
                if (attack())
                    _tries++;
            }
        });
        _thread.Start();
    }

    /// <summary>How often an attack was under way.</summary>
    internal long Tries => Volatile.Read(ref _tries);

    /// <summary>Swaps pairs of names again and again.</summary>
    internal static OtherUser Swapping(params (string First, string Second)[] names)
    {
        var pairs = names.Select(pair => (Pinned(pair.First), Pinned(pair.Second))).ToArray();
        var next = 0;
        return new OtherUser(() =>
        {
            var (first, second) = pairs[next];
            next = (next + 1) % pairs.Length;
            return RenameAt(CurrentFolder, (byte*)first, CurrentFolder, (byte*)second, Exchange) == 0;
        });
    }

    /// <summary>Makes a link wherever a name is free, again and again.</summary>
    internal static OtherUser Planting(string name, string target)
    {
        var (link, leads) = (Pinned(name), Pinned(target));
        return new OtherUser(() => SymLink((byte*)leads, (byte*)link) == 0);
    }

    public void Dispose()
    {
        _isStopped = true;
        _thread.Join();
    }

    private static nint Pinned(string text) => Marshal.StringToCoTaskMemUTF8(text);

    private static void BecomeOther()
    {
        var (groups, user, group) =
            RuntimeInformation.ProcessArchitecture == Architecture.X64 ? (116, 117, 119) : (159, 147, 149);
        foreach (var (number, first) in (ReadOnlySpan<(int, long)>)[(groups, 0), (group, Id), (user, Id)])
        {
            if (Call(number, first, number == groups ? 0 : Id, Id) != 0)
                throw new InvalidOperationException("this needs root");
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Call(long number, long first, long second, long third);

    [LibraryImport("libc", EntryPoint = "renameat2")]
    private static partial int RenameAt(int fromFolder, byte* from, int toFolder, byte* to, uint flags);

    [LibraryImport("libc", EntryPoint = "symlink")]
    private static partial int SymLink(byte* target, byte* path);
}
