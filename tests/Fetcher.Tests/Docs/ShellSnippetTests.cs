using System.Buffers.Binary;
using System.Text;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Docs;

/// <summary>Every command of ours in a shell snippet of the documentation is run, line by line, in a folder with a
/// valid model and against a hub that has the repositories of the pages.</summary>
public sealed class ShellSnippetTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private const string RunFlake = "nix run github:nix-ai-models/nix-ai-models#nix-prefetch-hf --";
    private readonly string _folder = Directory.CreateTempSubdirectory("docs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, int, string> Snippets()
    {
        var data = new TheoryData<string, int, string>();
        foreach (var snippet in Snippet.All("sh", "console"))
            data.Add(snippet.Page, snippet.Line, snippet.Text);
        return data;
    }

    [Theory]
    [MemberData(nameof(Snippets))]
    public async Task The_commands_of_a_shell_snippet_work(string page, int line, string text)
    {
        hub.Repository("prajjwal1/bert-tiny")
            .File("config.json", "{}")
            .File("onnx/model.onnx", "")
            .Lfs("model.safetensors", Safetensors());
        hub.Repository("unsloth/gemma-4-E2B-it-GGUF")
            .Lfs("gemma-4-E2B-it-BF16.gguf", [1])
            .Lfs("gemma-4-E2B-it-Q4_K_M.gguf", [2])
            .Lfs("mmproj-F16.gguf", [3]);
        hub.Repository("unsloth/Llama-3.2-1B-Instruct")
            .File("config.json", "{}")
            .Lfs("model.safetensors", Safetensors());
        hub.Registered("library/llama3.2", "1b").File("config", "{}").File("model", [5]);
        hub.Repository("acme/web").Lfs("model.gguf", [6]).Lfs("mmproj.gguf", [7]);
        hub.Dataset("stanfordnlp/imdb").File("README.md", "").Lfs("plain_text/test-00000-of-00001.parquet", [4]);
        hub.Kernel("kernels-community/activation").File("build/torch-universal/activation/__init__.py", "");
        var model = Directory.CreateDirectory(Path.Combine(_folder, "model")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(model, "config.json"),
            "{ \"model_type\": \"bert\" }",
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(
            Path.Combine(model, "README.md"),
            "---\nlicense: mit\n---\n",
            TestContext.Current.CancellationToken
        );
        await File.WriteAllBytesAsync(
            Path.Combine(model, "model.safetensors"),
            Safetensors(),
            TestContext.Current.CancellationToken
        );
        Directory.CreateDirectory(Path.Combine(_folder, "cache"));
        Directory.CreateDirectory(Path.Combine(_folder, ".cache/huggingface/hub"));
        if (!text.Contains("--add-root ./result", StringComparison.Ordinal))
            File.CreateSymbolicLink(Path.Combine(_folder, "result"), model);
        var publicKey = "";
        foreach (
            var command in text.Split('\n')
                .Select(command => command.StartsWith("$ ", StringComparison.Ordinal) ? command[2..] : command)
                .Select(command => command.Replace(RunFlake, "nix-prefetch-hf", StringComparison.Ordinal))
                .Where(IsOurs)
        )
        {
            var outcome = await Executable.RunAsync(
                "/bin/sh",
                [
                    "-c",
                    command
                        .Replace("me-1:…", publicKey, StringComparison.Ordinal)
                        .Replace(
                            "ollama:llama3.2:1b",
                            $"ollama:llama3.2:1b --endpoint {hub.Registry}",
                            StringComparison.Ordinal
                        )
                        .Replace(
                            "https://github.com/ORG/NAME/releases/download/v1.0/",
                            $"{hub.Plain}/files/acme/web/",
                            StringComparison.Ordinal
                        )
                        .Replace("https://example.org/", $"{hub.Plain}/files/acme/web/", StringComparison.Ordinal)
                        .Replace(
                            "https://civitai.com/api/download/models/128713?",
                            $"{hub.Plain}/files/acme/web/model.gguf?name=x.safetensors&",
                            StringComparison.Ordinal
                        )
                        .Replace(
                            "/var/cache/huggingface/hub",
                            Path.Combine(_folder, "cache"),
                            StringComparison.Ordinal
                        ),
                ],
                new Dictionary<string, string>
                {
                    ["PATH"] =
                        $"{Path.GetDirectoryName(Executable.Fetcher)}:{Environment.GetEnvironmentVariable("PATH")}",
                    ["HF_ENDPOINT"] = hub.Endpoint,
                    ["HOME"] = _folder,
                    ["NIX_CONFIG"] = "experimental-features = nix-command",
                },
                _folder
            );

            outcome.ExitCode.Should().Be(0, $"{page}:{line}: {command}\n{outcome.Output}{outcome.Errors}");
            if (command.Contains(" sign ", StringComparison.Ordinal))
                publicKey = outcome.Output.Trim().Split('\n')[^1];
        }
    }

    // Other commands need a running NixOS, a login or Python's libraries.
    private static bool IsOurs(string command) =>
        command.StartsWith("nix-ai-models ", StringComparison.Ordinal)
        || command.StartsWith("nix key ", StringComparison.Ordinal)
        || command.StartsWith("nix-prefetch-hf ", StringComparison.Ordinal);

    /// <summary>One tensor of four bytes.</summary>
    private static byte[] Safetensors()
    {
        var header = Encoding.ASCII.GetBytes("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""");
        var file = new byte[8 + header.Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        return file;
    }
}
