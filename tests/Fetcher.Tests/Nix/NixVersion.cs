namespace NixAiModels.Tests.Nix;

/// <summary>The Nix that a test runs. Only the oldest and the newest are tested.</summary>
public enum NixVersion
{
    /// <summary>The distribution's Nix: 2.8 on Debian 12.</summary>
    Old,

    /// <summary>The current one, which <c>tests/nix/newer-nix</c> installs beside it.</summary>
    Current,
}
