using System.Text.Json;
using System.Text.Json.Serialization;
using NixAiModels.Validation.Pickle;

namespace NixAiModels.Validation;

/// <summary>What is to be checked: a preset, or what Nix passes as <c>validation</c> in <c>.attrs.json</c>.</summary>
/// <remarks>The setters are not <c>init</c>: System.Text.Json's generated code would set what is missing to
/// zero.</remarks>
public sealed record ValidationPlan
{
    /// <summary>The default timeout of a validator, in seconds.</summary>
    public const int DefaultTimeout = 600;

    /// <summary>Whether anything is done at all.</summary>
    public bool Enable { get; set; } = true;

    /// <summary>What is run, in this order.</summary>
    public IReadOnlyList<ValidatorSpec> Validators { get; set; } = [];

    /// <summary>The action on failure of validators that set none.</summary>
    public OnFailure OnFailure { get; set; } = OnFailure.Abort;

    /// <summary>The timeout in seconds of validators that set none.</summary>
    public int Timeout { get; set; } = DefaultTimeout;

    /// <summary>Reads a plan as Nix writes it.</summary>
    /// <exception cref="Failure">It has an attribute or a value that no plan has (exit 2).</exception>
    public static ValidationPlan FromJson(JsonElement json)
    {
        try
        {
            return json.Deserialize(PlanJson.Default.ValidationPlan)
                ?? throw new JsonException("null is not a validation plan");
        }
        catch (JsonException error)
        {
            throw new Failure(
                ExitCode.Usage,
                $"validation: {error.Message}",
                "docs/validation.md lists the attributes that it may have.",
                error
            );
        }
    }

    /// <summary>The plan as Nix would write it; what is not set is left out.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, PlanJson.Default.ValidationPlan);

    /// <summary>The plan with names that pickles may use, where it scans pickles.</summary>
    public ValidationPlan Allowing(IReadOnlyList<string> names) =>
        this with
        {
            Validators =
            [
                .. Validators.Select(spec => spec.Name == PickleScanner.Validator ? spec with { Allow = names } : spec),
            ],
        };

    /// <summary>The plan with the validators of these names alone; one that is not in it is run as a plan's
    /// default.</summary>
    public ValidationPlan Only(IReadOnlyCollection<string> names) =>
        this with
        {
            Enable = true,
            Validators =
            [
                .. names
                    .Distinct()
                    .Select(name =>
                        Validators.FirstOrDefault(spec => spec.Name == name) ?? new ValidatorSpec { Name = name }
                    ),
            ],
        };

    /// <summary>The plan with these validators added; one of the same name is replaced in place.</summary>
    public ValidationPlan With(params IEnumerable<ValidatorSpec> added)
    {
        var validators = Validators.ToList();
        foreach (var spec in added)
        {
            var at = validators.FindIndex(existing => existing.Name == spec.Name);
            if (at < 0)
                validators.Add(spec);
            else
                validators[at] = spec;
        }

        return this with
        {
            Validators = validators,
        };
    }
}

/// <summary>How plans are written in JSON: camelCase words, unknown ones refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LowerCaseEnum<OnFailure>), typeof(LowerCaseEnum<Severity>)]
)]
[JsonSerializable(typeof(ValidationPlan))]
internal sealed partial class PlanJson : JsonSerializerContext;

/// <summary>Enumerations as lower-case words, never as numbers.</summary>
internal sealed class LowerCaseEnum<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
