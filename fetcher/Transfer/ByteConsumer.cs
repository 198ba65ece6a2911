namespace NixAiModels.Transfer;

/// <summary>Receives the bytes of a file in order.</summary>
/// <param name="bytes">The next bytes; they are reused when the call returns.</param>
public delegate void ByteConsumer(ReadOnlySpan<byte> bytes);
