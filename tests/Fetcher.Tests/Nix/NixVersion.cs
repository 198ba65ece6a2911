namespace NixAiModels.Tests.Nix;

/// <summary>Which Nix a test runs: what holds on both ends holds between.</summary>
public enum NixVersion
{
    /// <summary>The distribution's: 2.8 on Debian 12.</summary>
    Old,

    /// <summary>The current one, which <c>tests/nix/newer-nix</c> installs beside it.</summary>
    Current,
}
