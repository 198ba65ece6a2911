using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Modules;

/// <summary>Configurations evaluated by the stand-in for the module system, <c>tests/nix/module-system</c>.</summary>
internal static partial class StandIn
{
    public static string Folder { get; } = Path.Combine(Executable.Root, "tests/nix/module-system");

    /// <summary>A NixOS configuration: a module's text, and the attribute to evaluate.</summary>
    public static Task<JsonNode> NixOSAsync(string module, string attribute) =>
        EvaluateAsync($"(import {Folder}/nixos.nix {{ modules = [ ({module}) ]; }}).{attribute}");

    /// <summary>A Home Manager configuration; see <see cref="NixOSAsync"/>.</summary>
    public static Task<JsonNode> HomeAsync(string module, string attribute, string arguments = "") =>
        EvaluateAsync($"(import {Folder}/home-manager.nix {{ modules = [ ({module}) ]; {arguments} }}).{attribute}");

    /// <summary>Evaluates an expression, which must succeed.</summary>
    public static async Task<JsonNode> EvaluateAsync(string expression)
    {
        var outcome = await RunAsync(expression);
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        return JsonNode.Parse(outcome.Output)!;
    }

    /// <summary>Evaluates an expression without writing to the store.</summary>
    public static Task<Outcome> RunAsync(string expression) =>
        Executable.RunAsync(
            "nix-instantiate",
            ["--eval", "--strict", "--json", "--readonly-mode", "--option", "build-users-group", "", "-E", expression]
        );

    /// <summary>The text with store paths reduced to their names: the digests change with every byte of
    /// nixlib.</summary>
    public static string WithoutDigests(string text) => StorePath().Replace(text, "/nix/store/…-");

    [GeneratedRegex("/nix/store/[0-9a-z]{32}-")]
    private static partial Regex StorePath();
}
