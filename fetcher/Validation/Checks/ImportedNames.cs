using System.Text.RegularExpressions;

namespace NixAiModels.Validation.Checks;

/// <summary>Names in configurations that a library imports, or downloads, without asking for
/// trust_remote_code.</summary>
/// <remarks>sentence-transformers (<c>util.import_from_string</c> in <c>models/Dense.py</c>, <c>models/Router.py</c>
/// and <c>cross_encoder/CrossEncoder.py</c>) and transformers (<c>integrations/hub_kernels.py</c>).</remarks>
internal static partial class ImportedNames
{
    /// <summary>Whether the key holds the class of an activation.</summary>
    public static bool IsActivation(string key) =>
        key is "activation_function" or "activation_fn" or "sbert_ce_default_activation_function";

    /// <summary>Whether the text is the dotted path of a Python object.</summary>
    public static bool IsPath(string text) => DottedPath().IsMatch(text);

    /// <summary>Adds an activation that is imported; the plain name of one, such as <c>gelu</c>, is looked up in a
    /// table instead.</summary>
    public static void CheckActivation(ModelFile file, string key, string name, FindingList findings)
    {
        if (!name.Contains('.', StringComparison.Ordinal) || Activation().IsMatch(name))
            return;
        Add(
            Severity.Dangerous,
            file,
            key,
            $"imports and calls {Printable.Escape(name)} as an activation",
            "sentence-transformers imports the module and calls what it names.",
            findings
        );
    }

    /// <summary>Adds a kernel of the Hub.</summary>
    public static void CheckAttention(ModelFile file, string key, string name, FindingList findings)
    {
        if (!name.Contains('/', StringComparison.Ordinal))
            return;
        Add(
            Severity.Dangerous,
            file,
            key,
            $"downloads and runs the kernel {Printable.Escape(name)}",
            "transformers fetches native code from that repository, which this model does not pin.",
            findings
        );
    }

    /// <summary>Adds a module of a Router: code of the repository needs trust_remote_code, other modules are simply
    /// imported.</summary>
    public static void CheckRouter(ModelTree tree, ModelFile file, string name, FindingList findings)
    {
        if (name.StartsWith("sentence_transformers.", StringComparison.Ordinal) || !IsPath(name))
            return;
        var script = name[..name.LastIndexOf('.')].Replace('.', '/') + ".py";
        Add(
            tree.Files.Any(other => other.Path.EndsWith(script, StringComparison.Ordinal))
                ? Severity.Report
                : Severity.Dangerous,
            file,
            "types",
            $"asks for the class {Printable.Escape(name)}",
            "sentence-transformers imports the module and makes an object of the class.",
            findings
        );
    }

    private static void Add(
        Severity severity,
        ModelFile file,
        string key,
        string message,
        string why,
        FindingList findings
    ) =>
        findings.Add(
            severity,
            file.Path,
            key,
            message,
            why,
            "Remove the key from the file, or review the code that it names before loading the model."
        );

    [GeneratedRegex(@"\A[A-Za-z_]\w*(\.[A-Za-z_]\w*)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex DottedPath();

    // Classes: functions of these modules begin in lower case.
    [GeneratedRegex(
        @"\A(torch\.nn(\.modules\.(activation|linear))?|transformers\.activations)\.[A-Z][A-Za-z0-9]*\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Activation();
}
