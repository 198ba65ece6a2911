namespace NixAiModels.Validation.Pickle;

/// <summary>The stream cannot go on: Python would raise here, after having run everything before.</summary>
internal sealed class PickleBrokenException(long offset, string what) : Exception(what)
{
    /// <summary>Where, in bytes of the source.</summary>
    public long Offset => offset;
}
