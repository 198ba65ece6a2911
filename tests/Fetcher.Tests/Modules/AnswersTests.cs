using System.Text.Json.Nodes;

namespace NixAiModels.Tests.Modules;

/// <summary>
/// The real module systems of NixOS and Home Manager have answered every case and example once
/// (<c>tests/nix/module-system/ask</c>, for whoever has them); the stand-in, and so our present modules, must give the
/// same answers.
/// </summary>
public sealed class AnswersTests
{
    private static readonly JsonNode Real = JsonNode.Parse(
        File.ReadAllText(Path.Combine(StandIn.Folder, "real-answers.json"))
    )!;

    public static IEnumerable<TheoryDataRow<string, string>> Cases() =>
        from system in (string[])["nixos", "homeManager", "darwin"]
        from answer in Real[system]!.AsObject()
        select new TheoryDataRow<string, string>(system, answer.Key);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_stand_in_answers_what_the_real_module_system_answers(string system, string name)
    {
        var answer = await StandIn.EvaluateAsync($"(import {StandIn.Folder}/standing-in.nix).{system}.\"{name}\"");

        var ours = JsonNode.Parse(StandIn.WithoutDigests(answer.ToJsonString(Readable)))!;
        Sorted(ours).Should().Be(Sorted(Real[system]![name]!));
    }

    [Theory]
    [InlineData("nixos")]
    [InlineData("homeManager")]
    [InlineData("darwin")]
    public async Task Every_case_has_been_answered(string system)
    {
        var cases = await StandIn.EvaluateAsync($"builtins.attrNames (import {StandIn.Folder}/cases.nix).{system}");

        cases
            .AsArray()
            .Select(name => (string)name!)
            .Should()
            .BeEquivalentTo(
                Real[system]!.AsObject().Select(each => each.Key),
                "every case has been answered: run tests/nix/module-system/ask"
            );
    }

    [Theory]
    [InlineData("nixos")]
    [InlineData("homeManager")]
    public async Task The_stand_in_declares_the_same_options(string system)
    {
        var reference = await StandIn.EvaluateAsync($"(import {StandIn.Folder}/reference.nix {{ }}).{system}");

        ((string)reference!).Should().Be((string)Real["reference"]![system]!);
    }

    private static System.Text.Json.JsonSerializerOptions Readable { get; } =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    private static string Sorted(JsonNode node) => Order(node)!.ToJsonString(Readable);

    private static JsonNode? Order(JsonNode? node) =>
        node switch
        {
            JsonObject set => new JsonObject(
                set.OrderBy(each => each.Key, StringComparer.Ordinal)
                    .Select(each => KeyValuePair.Create(each.Key, Order(each.Value)))
            ),
            JsonArray list => new JsonArray([.. list.Select(Order)]),
            _ => node?.DeepClone(),
        };
}
