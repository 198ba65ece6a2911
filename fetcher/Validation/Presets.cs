namespace NixAiModels.Validation;

/// <summary>The presets by name, the same as <c>nixlib/validation/presets.nix</c> (a test compares them).</summary>
public static class Presets
{
    /// <summary>The default preset.</summary>
    public const string Default = "standard";

    private static readonly ValidationPlan Minimal = new()
    {
        Validators = Named("integrity", "safetensors", "gguf", "onnx"),
        OnFailure = OnFailure.Warn,
        Timeout = 60,
    };

    private static readonly ValidationPlan Standard = new()
    {
        Validators = Named("integrity", "disguise", "pickleScan", "safetensors", "gguf", "onnx", "keras", "optInCode"),
    };

    private static readonly ValidationPlan Strict = new()
    {
        Validators =
        [
            .. Standard.Validators.Select(validator => validator with { Refuse = Severity.Report }),
            .. Named(
                "noPickleFiles",
                "safetensorsOnly",
                "noPythonCode",
                "noExecutables",
                "noSymlinks",
                "validConfigJson"
            ),
            new ValidatorSpec { Name = "license", Licenses = [] },
        ],
    };

    private static readonly ValidationPlan Paranoid = new()
    {
        Validators =
        [
            .. Strict.Validators,
            new ValidatorSpec { Name = "maxSize", Size = "100G" },
            new ValidatorSpec { Name = "requiredFiles", Files = ["README.md"] },
            new ValidatorSpec { Name = "signature", TrustedPublicKeys = [] },
        ],
    };

    private static readonly ValidationPlan None = new() { Enable = false, OnFailure = OnFailure.Skip };

    /// <summary>Every preset by its name.</summary>
    public static IReadOnlyDictionary<string, ValidationPlan> All { get; } =
        new SortedDictionary<string, ValidationPlan>(StringComparer.Ordinal)
        {
            ["minimal"] = Minimal,
            ["none"] = None,
            ["paranoid"] = Paranoid,
            ["standard"] = Standard,
            ["strict"] = Strict,
        };

    private static IReadOnlyList<ValidatorSpec> Named(params IEnumerable<string> names) =>
        [.. names.Select(name => new ValidatorSpec { Name = name })];
}
