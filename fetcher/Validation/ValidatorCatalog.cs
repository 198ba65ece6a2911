using NixAiModels.Validation.Checks;
using NixAiModels.Validation.Formats;
using NixAiModels.Validation.Pickle;

namespace NixAiModels.Validation;

/// <summary>The validators by name.</summary>
internal static class ValidatorCatalog
{
    /// <summary>Makes the validators without parameters, by name.</summary>
    private static readonly SortedDictionary<string, Func<IValidator>> Simple = new(StringComparer.Ordinal)
    {
        ["disguise"] = () => new DisguiseValidator(),
        ["gguf"] = () => new GgufValidator(),
        ["keras"] = () => new KerasValidator(),
        ["noExecutables"] = () => new NoExecutables(),
        ["noPickleFiles"] = () => new NoPickleFiles(),
        ["noPythonCode"] = () => new NoPythonCode(),
        ["noSymlinks"] = () => new NoSymlinks(),
        ["onnx"] = () => new OnnxValidator(),
        ["optInCode"] = () => new OptInCodeValidator(),
        ["safetensors"] = () => new SafetensorsValidator(),
        ["safetensorsOnly"] = () => new SafetensorsOnly(),
        ["validConfigJson"] = () => new ValidConfigJson(),
    };

    /// <summary>Every name that needs no <see cref="ValidatorSpec.Command"/>.</summary>
    public static IEnumerable<string> Names =>
        Simple
            .Keys.Concat([
                "fileTypes",
                "integrity",
                "license",
                "maxSize",
                PickleScanner.Validator,
                "requiredFiles",
                "signature",
            ])
            .Order(StringComparer.Ordinal);

    /// <summary>Makes the validator that a spec describes.</summary>
    /// <exception cref="Failure">The name is unknown, or a required attribute is missing (exit 2).</exception>
    public static IValidator Create(ValidatorSpec spec, string root, FileDigests digests, string repository)
    {
        if (spec.Command is { } command)
            return new CommandValidator(command, root);
        return spec.Name switch
        {
            IntegrityValidator.Name => new IntegrityValidator(digests),
            "fileTypes" => new FileTypes(Needed(spec, spec.Types, "types")),
            "license" => new LicenseValidator(spec.Licenses ?? []),
            "maxSize" => new MaxSize(Needed(spec, spec.Size, "size")),
            PickleScanner.Validator => new PickleScanValidator(AllowedNames.Parse(spec.Allow ?? [])),
            "requiredFiles" => new RequiredFiles(Needed(spec, spec.Files, "files")),
            "signature" => new SignatureValidator(Keys(spec), digests, repository),
            _ when Simple.TryGetValue(spec.Name, out var make) => make(),
            _ => throw new Failure(
                ExitCode.Usage,
                $"validation.validators: unknown validator '{spec.Name}'",
                $"use mkValidator, or one of {string.Join(", ", Names)}"
            ),
        };
    }

    private static T Needed<T>(ValidatorSpec spec, T? value, string attribute)
        where T : class =>
        value
        ?? throw new Failure(
            ExitCode.Usage,
            $"validation.validators: '{spec.Name}' requires the attribute '{attribute}'",
            "see docs/validation.md for an example of each validator"
        );

    private static IReadOnlyList<string> Keys(ValidatorSpec spec) =>
        spec.TrustedPublicKeys is { Count: > 0 } keys
            ? keys
            : throw new Failure(
                ExitCode.Usage,
                "validation.validators: 'signature' has no trusted public key",
                "Make a key and name its public half:\n  nix key generate-secret --key-name me-1 > "
                    + "me-1.secret\n  nix key convert-secret-to-public < me-1.secret\n"
                    + "then pass it: --trusted-public-keys 'me-1:…' (in Nix: validators.signature { "
                    + "trustedPublicKeys = [ \"me-1:…\" ]; })."
            );
}
