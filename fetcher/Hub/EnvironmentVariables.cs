namespace NixAiModels.Hub;

/// <summary>The environment, where an empty variable counts as unset: Nix passes unset <c>impureEnvVars</c> as
/// empty.</summary>
/// <param name="read">Reads one variable.</param>
public sealed class EnvironmentVariables(Func<string, string?> read)
{
    /// <summary>The environment of this process.</summary>
    public static EnvironmentVariables OfProcess { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>A variable's value; <see langword="null"/> if it is unset or empty.</summary>
    /// <param name="name">The variable's name.</param>
    public string? this[string name] => read(name) is { Length: > 0 } value ? value : null;
}
