using System.Text;
using System.Text.Json;
using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Formats;

namespace NixAiModels.Validation.Pickle;

/// <summary>Pickles as text in JSON: <c>data</c> in the archives of stable-baselines3 (<c>save_util.py</c>).</summary>
internal sealed partial class ContentScanner
{
    private const string SerializedEntry = "data";
    private const string SerializedKey = ":serialized:";
    private const int LongestSerialized = 64 << 20;

    // Schedules and classes are functions and names of any module: only what is known to be dangerous is refused.
    private void ScanSerialized(ByteSource content, string place)
    {
        if (content.Peek(0, 1) is not [(byte)'{'])
            return;
        var json = content.Peek(0, LongestSerialized);
        if (content.Peek(json.Length, 1).Length > 0)
            throw new UnscannableException("JSON of more than 64 MiB");
        PythonConstants.Replace(json);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1024 });
        var count = 0;
        try
        {
            var isSerialized = false;
            while (reader.Read())
            {
                if (isSerialized && reader.TokenType == JsonTokenType.String)
                    ScanText(reader.GetString()!, Join(place, $"object {++count}"));
                isSerialized = reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(SerializedKey);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            if (json.AsSpan().IndexOf("serialized"u8) >= 0)
                Add(Severity.Suspicious, place, "invalid JSON with serialised objects", WhyHidden, FixArchive);
        }
    }

    // base64.b64decode passes over what is not of its alphabet.
    private void ScanText(string base64, string place)
    {
        var text = new StringBuilder();
        foreach (var character in base64)
        {
            if (char.IsAsciiLetterOrDigit(character) || character is '+' or '/')
                text.Append(character);
        }

        text.Length -= text.Length % 4 == 1 ? 1 : 0;
        text.Append('=', (4 - (text.Length % 4)) % 4);
        var scan = PickleScan.Run(
            new MemorySource(Convert.FromBase64String(text.ToString())),
            0,
            PersistentIds.None,
            allowed,
            budget,
            (_, _) => { }
        );
        Add(
            Severity.Report,
            place,
            "pickle in JSON",
            "stable_baselines3 loads it, and calls functions that it holds.",
            "Load the model with custom_objects in place of them, or use its weights alone."
        );
        foreach (var entry in scan.Findings.Entries.Where(entry => entry.Severity == Severity.Dangerous))
            Add(entry.Severity, Join(place, $"byte {entry.Offset}, {entry.Opcode}"), entry.Message, Why, FixPickle);
    }
}
