using System.Text.Json;
using CsCheck;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Nix;

/// <summary>The names of derivations: the same in C# and in nixlib, and never shared by two snapshots.</summary>
public sealed class DerivationNameTests(NixFixture nix) : IClassFixture<NixFixture>
{
    private const string Commit = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
    private static readonly string LongName = new('a', 96);
    private static readonly string[] Types = ["model", "dataset", "space", "kernel"];

    [Theory]
    [InlineData("model", "prajjwal1/bert-tiny", Commit, "hf+prajjwal1+bert-tiny+" + Commit)]
    [InlineData("dataset", "squad", "main", "hf-dataset+squad+main")]
    [InlineData("space", "a/b", "v1.0", "hf-space+a+b+v1.0")]
    public void A_name_consists_of_type_repository_and_revision(
        string type,
        string repository,
        string revision,
        string expected
    ) => DerivationName.OfSnapshot(type, repository, revision, []).Should().Be(expected);

    [Theory]
    [InlineData("onnx/model.onnx", "model.onnx")]
    [InlineData(".gitattributes", "_.gitattributes")]
    [InlineData("a/b c+é.txt", "b-c+--.txt")]
    [InlineData("-rf.txt", "_-rf.txt")]
    [InlineData("all.drv", "all.drv_")]
    public void A_file_keeps_its_name_as_far_as_a_store_path_allows(string path, string expected) =>
        DerivationName.OfFile(path).Should().Be(expected);

    [Fact]
    public void Every_part_of_a_selection_and_every_revision_changes_the_name()
    {
        IReadOnlyList<string> json = ["*.json"];
        string[] names =
        [
            DerivationName.OfSnapshot("model", "a/b", Commit, []),
            DerivationName.OfSnapshot("model", "a/b", Commit, [("files", json)]),
            DerivationName.OfSnapshot("model", "a/b", Commit, [("include", json)]),
            DerivationName.OfSnapshot("model", "a/b", Commit, [("exclude", json)]),
            DerivationName.OfSnapshot("model", "a/b", Commit, [("include", ["*.json", "*.txt"])]),
            DerivationName.OfSnapshot("model", "a/b", Commit[..8], []),
            DerivationName.OfSnapshot("model", "a/b", Commit[..39] + "0", []),
            DerivationName.OfSnapshot("model", LongName, Commit, []),
            DerivationName.OfSnapshot("model", LongName, Commit[..39] + "0", []),
            DerivationName.OfSnapshot("model", "a/b", "refs/pr/1", []),
            DerivationName.OfSnapshot("model", "a/b", "refs-pr-1", []),
            DerivationName.OfSnapshot("model", "a", "b", []),
            DerivationName.OfSnapshot("model", "a/b", "b", []),
        ];

        names.Should().OnlyHaveUniqueItems();
        DerivationName
            .OfSnapshot("model", "a/b", Commit, [("include", ["x", "y", "x"])])
            .Should()
            .Be(
                DerivationName.OfSnapshot("model", "a/b", Commit, [("include", ["y", "x"])]),
                "order and repetition select nothing else"
            );
    }

    private static string? Word(List<string> patterns) => patterns.Count > 2 ? patterns[0] : null;

    [Fact]
    public async Task Nixlib_computes_the_same_names_as_the_executable()
    {
        var word = Gen.String[Gen.Char["abcxyzABC019._-/+ é*?['=\u4e2d"], 0, 12];
        var patterns = Gen.Select(word, text => text + "x").List[0, 3];
        var commit = Gen.String[Gen.Char["0123456789abcdef"], 40, 40];
        var revision = Gen.OneOf(
            commit,
            commit.Select(text => text[..8]),
            word.Select(text => text + "r"),
            word.Select(text => text + ".drv"),
            Gen.String[Gen.Char["ab/"], 120, 200]
        );
        var repository = Gen.Select(
            Gen.String[Gen.Char["abc-._0"], 0, 80],
            Gen.String[Gen.Char["abc-._0"], 1, 96],
            (owner, name) => owner.Length == 0 ? name : $"{owner}/{name}"
        );
        var cases = Gen.Select(Gen.Int[0, 2].Select(i => Types[i]), repository, revision, patterns, patterns, patterns)
            .Array[300]
            .Single();
        var files = Gen.Select(
                word,
                Gen.String[Gen.Char["-a.é "], 0, 200],
                (folder, name) => $"{folder}/{name}{(name.Length % 2 == 0 ? ".gguf" : ".drv")}"
            )
            .Array[100]
            .Single();
        var path = Path.Combine(nix.Folder, "names.json");
        await File.WriteAllTextAsync(
            path,
            JsonSerializer.Serialize(
                new
                {
                    snapshots = cases.Select(each => new
                    {
                        repoType = each.Item1,
                        repo = each.Item2,
                        rev = each.Item3,
                        files = each.Item4,
                        include = each.Item5,
                        exclude = each.Item6,
                        quant = Word(each.Item4),
                        mmproj = Word(each.Item5),
                    }),
                    files,
                }
            ),
            TestContext.Current.CancellationToken
        );
        var expression = $"""
            with import {Executable.Root}/nixlib/derivationName.nix; with builtins.fromJSON (builtins.readFile {path});
            map snapshot snapshots ++ map file files
            """;

        var ours = cases
            .Select(each =>
                DerivationName.OfSnapshot(
                    each.Item1,
                    each.Item2,
                    each.Item3,
                    new Selection(each.Item4, each.Item5, each.Item6)
                    {
                        Quant = Word(each.Item4),
                        Mmproj = Word(each.Item5),
                    }.Lists
                )
            )
            .Concat(files.Select(DerivationName.OfFile))
            .ToArray();

        ours.Should()
            .OnlyContain(name =>
                name.Length <= 150
                && name.All(c => char.IsAsciiLetterOrDigit(c) || "+._?=-".Contains(c))
                && name[0] != '.'
            );
        foreach (var version in Enum.GetValues<NixVersion>())
        {
            JsonSerializer.Deserialize<string[]>(await nix.EvaluateAsync(version, expression)).Should().Equal(ours);
        }
    }
}
