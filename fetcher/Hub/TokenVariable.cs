using System.Text.RegularExpressions;

namespace NixAiModels.Hub;

/// <summary>The names that <c>auth.tokenEnvVar</c> may have: a variable such as LD_PRELOAD would change the build that
/// it is passed to, and one such as AWS_SECRET_ACCESS_KEY would be sent to the hub.</summary>
public static partial class TokenVariable
{
    /// <summary>Refuses the name of anything but a token (nixlib/tokenVariable.nix has the same rule).</summary>
    /// <param name="name">The variable's name.</param>
    /// <exception cref="Failure">Exit code 2.</exception>
    public static void Require(string name)
    {
        if (!Tokens().IsMatch(name) || name.StartsWith("AWS_", StringComparison.Ordinal))
        {
            throw new Failure(
                ExitCode.Usage,
                $"invalid auth.tokenEnvVar '{Printable.Escape(name)}': not the name of a token",
                "auth.tokenEnvVar = \"HF_TOKEN\";"
            );
        }
    }

    [GeneratedRegex(@"\A([A-Za-z0-9]+_)*TOKEN(_[A-Za-z0-9]+)*\z")]
    private static partial Regex Tokens();
}
