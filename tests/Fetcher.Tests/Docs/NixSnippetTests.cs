using System.Security.Cryptography;
using System.Text;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Docs;

/// <summary>Every Nix snippet of the documentation is evaluated deeply, in the scope that a reader has: the project's
/// functions, nixpkgs' lib and pkgs, a NixOS configuration.</summary>
public sealed class NixSnippetTests
{
    // The scope of a snippet; the project's own functions are the real ones.
    private const string Scope = """
        let
          offline = import ROOT/tests/nix/offline.nix { };
          inherit (offline)
            fetchHuggingFace fetchHuggingFaceFile fetchModel mkModels hfCache modelEnvironment mkModelWrapper
            ociImage;
          inherit (import ROOT/nixlib { fetcher = checks; inherit pkgs; }) validation;
          inherit (validation) presets validators;
          lib = {
            range = first: last: builtins.genList (i: first + i) (last - first + 1);
            fixedWidthNumber = width: n:
              let s = toString n;
              in builtins.substring 0 (width - builtins.stringLength s) "0000000000" + s;
            mkForce = content: content;
            inherit (builtins) mapAttrs concatStringsSep;
            mapAttrsToList = f: set: map (name: f name set.${name}) (builtins.attrNames set);
          };
          pkgs = {
            gnugrep = "/nix/store/00000000000000000000000000000000-gnugrep";
            writeShellScript = name: text: "/nix/store/00000000000000000000000000000000-${name}";
            lib = lib // { makeBinPath = packages: builtins.concatStringsSep ":" packages; };
            python3 = "/nix/store/00000000000000000000000000000000-python3";
            llama-cpp = "/nix/store/00000000000000000000000000000000-llama-cpp";
            makeBinaryWrapper = "/nix/store/00000000000000000000000000000000-wrapper";
            mkShell = attributes: attributes;
            runCommand = name: attributes: command: command;
          };
          checks = "/nix/store/00000000000000000000000000000000-checks";
          config.services.ai-models = {
            environment = { HF_HUB_OFFLINE = "1"; };
            group = "ai-models";
            modelPaths.llama = "/nix/store/00000000000000000000000000000000-llama";
            modelPaths.imdb = "/nix/store/00000000000000000000000000000000-imdb";
          };
          nix-ai-models = {
            homeManagerModules.default = { };
            nixosModules.default = { };
            devenvModules.default = { };
            lib.instantiate = _: definitions: definitions;
            lib.fetchModel = _: offline.fetchModel;
            lib.ollamaModels = _: offline.ollamaModels;
            lib.modelEnvironment = _: modelEnvironment;
          };
          nixpkgs = { lib.nixosSystem = system: system; legacyPackages.x86_64-linux = { }; };
          value = f: if builtins.isFunction f then value (f arguments) else f;
          arguments = {
            inherit lib pkgs config nix-ai-models;
            inputs = { inherit nix-ai-models; };
            gemma = fetchModel { name = "gemma-4-e2b"; lockFile = ROOT/examples/public-models/models.lock.json; };
          };
          whole = v:
            if builtins.isFunction (v.outputs or null)
            then v.outputs { self = { }; inherit nixpkgs nix-ai-models; }
            else v;
          read = v: builtins.typeOf (if v ? drvPath then v.drvPath else v);
        in
        let v = whole (value (SNIPPET)); in builtins.deepSeq (if v ? drvPath then v.drvPath else v) (read v)
        """;

    private static readonly string Manifest =
        $$"""{"schemaVersion":2,"config":{{Layer("config")}},"layers":[{{Layer("model")}}]}""";

    private static string Layer(string kind) =>
        $$"""{"mediaType":"application/vnd.ollama.image.{{kind}}","digest":"sha256:{{Sha256(kind)}}","size":1}""";

    private static string Sha256(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static TheoryData<string, int, string> Snippets()
    {
        var data = new TheoryData<string, int, string>();
        // Those of docs/services are examples, which have tests of their own.
        foreach (var snippet in Snippet.All("nix").Where(snippet => !snippet.IsExample))
        {
            // A page may show variants of one setting one after the other.
            foreach (
                var part in snippet
                    .Text.Split("\n\nvalidation")
                    .Select((part, index) => index == 0 ? part : "validation" + part)
            )
            {
                foreach (
                    var piece in part.Contains("\nvalidation.mkValidator", StringComparison.Ordinal)
                        ? part.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                        : [part]
                )
                {
                    data.Add(snippet.Page, snippet.Line, piece);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Snippets))]
    public async Task A_nix_snippet_evaluates(string page, int line, string text)
    {
        text = text.Replace(
                "hash = \"…\"",
                "hash = \"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"",
                StringComparison.Ordinal
            )
            .Replace("''{\"schemaVersion\":2,…}''", $"''{Manifest}''", StringComparison.Ordinal)
            .Replace("\"sha256:…\"", $"\"sha256:{Sha256(Manifest)}\"", StringComparison.Ordinal);
        // The snippet may be bindings of a larger set, or an expression.
        var asBindings = await EvaluateAsync($"{{ {text} }}");
        var outcome = asBindings.ExitCode == 0 ? asBindings : await EvaluateAsync(text);

        outcome.ExitCode.Should().Be(0, $"{page}:{line} must evaluate:\n{text}\n{asBindings.Errors}\n{outcome.Errors}");
    }

    private static Task<Outcome> EvaluateAsync(string snippet) =>
        Executable.RunAsync(
            "nix-instantiate",
            [
                "--eval",
                "--readonly-mode",
                "-E",
                Scope
                    .Replace("ROOT", Executable.Root, StringComparison.Ordinal)
                    .Replace("SNIPPET", snippet + "\n", StringComparison.Ordinal),
            ],
            new Dictionary<string, string> { ["HOME"] = "/nonexistent" },
            // The folder of ./models.lock.json.
            Path.Combine(Executable.Root, "examples/public-models")
        );
}
