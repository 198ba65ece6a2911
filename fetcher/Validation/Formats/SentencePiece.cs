namespace NixAiModels.Validation.Formats;

/// <summary>The vocabulary of a tokenizer as SentencePiece writes it (<c>src/sentencepiece_model.proto</c>,
/// ModelProto).</summary>
internal static class SentencePiece
{
    private const int Pieces = 1;
    private const int LastKnown = 5;
    private const int FirstExtension = 200;

    /// <summary>Whether the whole file is such a message: pieces, and nothing that the schema does not have.</summary>
    public static bool IsModel(string path)
    {
        using var bytes = new FileBytes(path);
        var pieces = 0;
        var isOther = false;
        try
        {
            var message = new ProtobufReader(bytes);
            message.Fields(
                (number, wire) =>
                {
                    pieces += number == Pieces ? 1 : 0;
                    isOther |= wire != ProtobufReader.Wire.Bytes || number is > LastKnown and < FirstExtension;
                }
            );
        }
        catch (BrokenFileException)
        {
            return false;
        }

        return pieces > 0 && !isOther;
    }
}
