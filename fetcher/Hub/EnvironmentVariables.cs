namespace NixAiModels.Hub;

/// <summary>The environment, where an empty variable counts as unset: Nix passes unset <c>impureEnvVars</c> as
/// empty.</summary>
/// <param name="read">Reads one variable.</param>
public sealed class EnvironmentVariables(Func<string, string?> read)
{
    /// <summary>The environment of this process.</summary>
    public static EnvironmentVariables OfProcess { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>Whether this is a build of Nix.</summary>
    public bool IsBuild => this["NIX_BUILD_TOP"] is not null;

    /// <summary>How to set a variable, as a line of advice: a build receives the environment of whoever runs it, not
    /// that of the user's shell.</summary>
    /// <param name="assignment"><c>NAME=VALUE</c>, perhaps with a comment.</param>
    public string Setting(string assignment) =>
        IsBuild
            ? $"{assignment}\nin the environment of whoever runs the build (on a multi-user Nix: nix-daemon)"
            : $"export {assignment}";

    /// <summary>A variable's value; <see langword="null"/> if it is unset or empty.</summary>
    /// <param name="name">The variable's name.</param>
    public string? this[string name] => read(name) is { Length: > 0 } value ? value : null;
}
