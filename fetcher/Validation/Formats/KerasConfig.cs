using System.Text.Json;
using NixAiModels.Paths;

namespace NixAiModels.Validation.Formats;

/// <summary>Looks through a Keras configuration for objects whose deserialisation imports or runs code.</summary>
/// <remarks>Keras' <c>saving/serialization_lib.py</c>: an object is <c>{ module, class_name, config, registered_name
/// }</c>; <c>module</c> is imported, a function is <c>class_name: "function"</c> with its name in <c>config</c>, and a
/// lambda is <c>"__lambda__"</c> with marshalled code. JSON escapes are resolved before names are compared.</remarks>
internal static class KerasConfig
{
    private const string LambdaWhy = "Loading a Lambda layer runs Python code from the file (keras.io: safe_mode).";

    private const string ModuleWhy = "Loading the model imports the module and calls the function.";

    private const string Fix =
        "Do not load this model with safe_mode=False; use its weights alone (safetensors, model.weights.h5) "
        + "with reviewed code.";

    /// <summary>Adds what a configuration asks for.</summary>
    /// <param name="root">The configuration.</param>
    /// <param name="file">The file that holds it.</param>
    /// <param name="place">Where in the file.</param>
    /// <param name="findings">Takes the findings.</param>
    public static void Check(JsonElement root, ModelFile file, string place, FindingList findings) =>
        Visit(root, (severity, message, why) => findings.Add(severity, file.Path, place, message, why, Fix));

    private static void Visit(JsonElement element, Action<Severity, string, string> add)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                Visit(item, add);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            CheckLayer(element, add);
            foreach (var property in element.EnumerateObject())
                Visit(property.Value, add);
        }
    }

    private static void CheckLayer(JsonElement item, Action<Severity, string, string> add)
    {
        if (Text(item, "class_name") is not { } className)
            return;
        var module = Text(item, "module");
        var registered = Text(item, "registered_name");
        var shownName = Printable.Escape(className);
        if (className == "__lambda__")
        {
            add(Severity.Dangerous, "marshalled Python code (__lambda__)", LambdaWhy);
        }
        else if (IsNamed("Lambda"))
        {
            add(Severity.Dangerous, "Lambda layer", LambdaWhy);
        }
        else if (IsNamed("TorchModuleWrapper"))
        {
            add(
                Severity.Dangerous,
                "TorchModuleWrapper: a pickle in the configuration",
                "Keras passes it to torch.load, which runs the pickle."
            );
        }
        else if (IsNamed("TFSMLayer"))
        {
            add(
                Severity.Report,
                "TFSMLayer, which loads the SavedModel "
                    + $"'{Printable.Escape(Text(Config(item), "filepath") ?? string.Empty)}'",
                "A SavedModel is a program; its operators can read and write files."
            );
        }
        else if (IsNamed("JaxLayer") || IsNamed("FlaxLayer"))
        {
            add(
                Severity.Report,
                $"{shownName}, which calls user-defined functions",
                "Loading the model may run these functions."
            );
        }
        else if (className.EndsWith("Lookup", StringComparison.Ordinal) || className == "TextVectorization")
        {
            CheckVocabulary(item, shownName, add);
        }

        if (module is not null)
            CheckModule(module, className, item, add);
        if (
            registered is not null
            && registered.Contains('>', StringComparison.Ordinal)
            && !registered.StartsWith("keras", StringComparison.OrdinalIgnoreCase)
        )
        {
            add(
                Severity.Report,
                $"object registered as {Printable.Escape(registered)}, which is not part of Keras",
                "Loading the model requires importing the code that registers it."
            );
        }

        bool IsNamed(string name) =>
            className == name
            || className.EndsWith(">" + name, StringComparison.Ordinal)
            || className.EndsWith("." + name, StringComparison.Ordinal)
            || registered == name
            || registered?.EndsWith(">" + name, StringComparison.Ordinal) == true;
    }

    private static void CheckModule(
        string module,
        string className,
        JsonElement item,
        Action<Severity, string, string> add
    )
    {
        var function = className == "function" ? Text(item, "config") ?? "?" : null;
        var shown = Printable.Escape($"{module}.{function ?? className}");
        if (KerasModules.IsKeras(module))
        {
            if (function is not null && !KerasModules.HoldsFunctions(module))
                add(Severity.Dangerous, $"calls {shown}, which is not part of a model", ModuleWhy);
        }
        else if (module == "builtins" && !KerasModules.IsBuiltin(function ?? className))
        {
            // So Keras writes user-defined functions.
            add(Severity.Report, $"names {shown}, which the user must register", ModuleWhy);
        }
        else if (function is not null || KerasModules.IsDangerousLibrary(module))
        {
            add(Severity.Dangerous, $"imports {shown}", ModuleWhy);
        }
        else
        {
            add(Severity.Report, $"imports {shown}, which is not part of Keras", ModuleWhy);
        }
    }

    // CVE-2025-12058: a vocabulary that is a path is opened while the model is loaded.
    private static void CheckVocabulary(JsonElement item, string className, Action<Severity, string, string> add)
    {
        if (Text(Config(item), "vocabulary") is not { Length: > 0 } path)
            return;
        var inside = RelativePath.Resolve("", path) is not null && !path.Contains("://", StringComparison.Ordinal);
        add(
            inside ? Severity.Report : Severity.Suspicious,
            $"{className} reads its vocabulary from '{Printable.Escape(path)}'",
            "Loading the model opens this file or address."
        );
    }

    private static JsonElement Config(JsonElement item) =>
        item.TryGetProperty("config", out var config) ? config : default;

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object
        && item.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
