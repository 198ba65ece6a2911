namespace NixAiModels.Hub;

/// <summary>A successful response whose body is not an answer of the API.</summary>
/// <param name="what">What it did, after the host's name: "sent an empty answer".</param>
/// <param name="cause">The exception that caused it, if any.</param>
internal sealed class UnreadableAnswerException(string what, Exception? cause = null) : IOException(what, cause);
