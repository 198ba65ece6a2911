namespace NixAiModels.Store.Daemon;

/// <summary>The numbers of Nix' worker protocol (nix: src/libstore/worker-protocol.hh; Nix manual, "Nix Worker
/// Protocol").</summary>
internal static class DaemonProtocol
{
    /// <summary>The newest version that this client speaks, major version in the second byte.</summary>
    public const ulong Newest = (1 << 8) | 38;

    /// <summary>The oldest version whose AddToStore takes a framed dump.</summary>
    public const int OldestMinor = 25;

    public const ulong ClientHello = 0x6e697863,
        ServerHello = 0x6478696f;

    /// <summary>The operations that are used here.</summary>
    public enum Operation : ulong
    {
        IsValidPath = 1,
        AddToStore = 7,
        AddTempRoot = 11,
        QueryPathInfo = 26,
    }

    /// <summary>The kinds of messages that a daemon sends while it works.</summary>
    public enum Message : ulong
    {
        Last = 0x616c7473,
        Error = 0x63787470,
        Next = 0x6f6c6d67,
        StartActivity = 0x53545254,
        StopActivity = 0x53544f50,
        Result = 0x52534c54,
    }

    public static int Major(ulong version) => (int)(version >> 8);

    public static int Minor(ulong version) => (int)(version & 0xff);
}
