using System.Text.Json.Nodes;

namespace NixAiModels.Tests.Modules;

/// <summary>
/// NixOS' own module system and Home Manager's have answered every case and example once
/// (<c>tests/nix/module-system/ask</c>, which anybody can run who has them); the stand-in, and so our modules as they
/// are now, must answer the same.
/// </summary>
public sealed class AnswersTests
{
    private static readonly JsonNode Real = JsonNode.Parse(
        File.ReadAllText(Path.Combine(StandIn.Folder, "real-answers.json"))
    )!;

    [Theory]
    [InlineData("nixos")]
    [InlineData("homeManager")]
    public async Task The_stand_in_answers_what_the_real_module_system_answers(string system)
    {
        var answers = (await StandIn.EvaluateAsync($"(import {StandIn.Folder}/standing-in.nix).{system}")).AsObject();

        answers
            .Select(each => each.Key)
            .Should()
            .BeEquivalentTo(
                Real[system]!.AsObject().Select(each => each.Key),
                "every case has been answered: run tests/nix/module-system/ask"
            );
        foreach (var (name, answer) in answers)
        {
            var ours = JsonNode.Parse(StandIn.WithoutDigests(answer!.ToJsonString(Readable)))!;
            Sorted(ours).Should().Be(Sorted(Real[system]![name]!), name);
        }
    }

    [Theory]
    [InlineData("nixos")]
    [InlineData("homeManager")]
    public async Task The_options_are_declared_alike_by_both(string system)
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
