using System.Text.Json.Serialization;

namespace NixAiModels.Validation;

/// <summary>A result of a validator for a file.</summary>
/// <param name="Validator">The validator's name.</param>
/// <param name="Severity">Its severity.</param>
/// <param name="File">The file's path relative to the model, with slashes; empty where the whole model is
/// meant.</param>
/// <param name="Place">Where in the file (byte offset, tensor, opcode, JSON key), or <see langword="null"/>.</param>
/// <param name="Message">What was found, one clause.</param>
/// <param name="Why">Why it matters.</param>
/// <param name="Fix">What to do about it.</param>
public sealed record Finding(
    [property: JsonIgnore] string Validator,
    Severity Severity,
    string File,
    string? Place,
    string Message,
    string Why,
    string Fix
)
{
    /// <summary>The name in a pickle that stands alone in the way, and that the user may allow.</summary>
    [JsonIgnore]
    public string? Allowable { get; init; }
}
