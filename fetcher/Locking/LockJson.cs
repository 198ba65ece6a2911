using System.Text.Json;

namespace NixAiModels.Locking;

/// <summary>A JSON value of a lock file. Every error is a <see cref="FormatException"/> that begins with the value's
/// path in the file.</summary>
/// <remarks>Not a <c>JsonSerializerContext</c>: it can be as strict, but its errors name .NET types, and it takes a
/// null in a list of strings.</remarks>
internal readonly record struct LockJson(JsonElement Value, string Path)
{
    /// <summary>Refuses other properties than these, so that nothing in the file has an effect in Nix that no signature
    /// covers here.</summary>
    public LockJson Only(params ReadOnlySpan<string> names)
    {
        foreach (var property in Properties())
        {
            if (!names.Contains(property.Name))
                throw Error($"'{property.Name}' is unknown to version {LockFile.Version}");
        }

        return this;
    }

    /// <summary>The properties of an object.</summary>
    public JsonElement.ObjectEnumerator Properties() =>
        Value.ValueKind == JsonValueKind.Object ? Value.EnumerateObject() : throw Error("not an object");

    /// <summary>A property that must be there.</summary>
    public LockJson Required(string name) => Optional(name) ?? throw Error($"lacks '{name}'");

    /// <summary>A property that may be missing, but not null.</summary>
    public LockJson? Optional(string name) =>
        Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(name, out var found)
            ? new LockJson(found, Path.Length == 0 ? name : $"{Path}.{name}")
            : null;

    /// <summary>A property that may be missing or null.</summary>
    public LockJson? Nullable(string name) =>
        Optional(name) is { Value.ValueKind: not JsonValueKind.Null } found ? found : null;

    /// <summary>The items of a list; none where the property is missing.</summary>
    public IEnumerable<LockJson> Items(string name)
    {
        if (Optional(name) is not { } list)
            return [];
        return list.Value.ValueKind == JsonValueKind.Array
            ? list.Value.EnumerateArray().Select((item, index) => new LockJson(item, $"{list.Path}[{index}]"))
            : throw list.Error("not a list");
    }

    /// <summary>The value as a string.</summary>
    public string Text() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Error("not a string");

    /// <summary>The value as a number of bytes.</summary>
    public long Size() =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetInt64(out var size)
            ? size
            : throw Error("not a number of bytes");

    /// <summary>The value as true or false.</summary>
    public bool Flag() =>
        Value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? Value.GetBoolean()
            : throw Error("not true or false");

    /// <summary>What another room reads from the string.</summary>
    public T Parse<T>(Func<string, T> parse)
    {
        try
        {
            return parse(Text());
        }
        catch (Exception exception) when (exception is Failure or FormatException)
        {
            throw Error(exception.Message, exception);
        }
    }

    /// <summary>An error at this value.</summary>
    public FormatException Error(string what, Exception? cause = null) =>
        new(Path.Length == 0 ? what : $"{Path}: {what}", cause);
}
