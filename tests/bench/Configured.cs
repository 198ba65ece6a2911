using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace NixAiModels.Bench;

/// <summary>Many models in a separate Nix store, and the manifest of a configuration that has them all.</summary>
internal sealed class Configured
{
    private readonly string _folder;

    public Configured(string folder, int models, int files)
    {
        _folder = folder;
        Directory.CreateDirectory(Path.Combine(folder, "etc"));
        File.WriteAllText(Path.Combine(folder, "etc", "nix.conf"), "substituters =\nbuild-users-group =\n");
        var made = Path.Combine(folder, "made");
        string[] kinds = ["raw", "out", "report"];
        for (var model = 0; model < models; model++)
        {
            foreach (var kind in (string[])[$"raw-{model}/part", $"out-{model}"])
                Directory.CreateDirectory(Path.Combine(made, kind));
            File.WriteAllText(Path.Combine(made, $"out-{model}", "name"), $"{model}");
            var listed = new JsonArray();
            for (var file = 0; file < files; file++)
            {
                var text = $"file {file} of model {model}";
                File.WriteAllText(Path.Combine(made, $"raw-{model}/part/{file}.safetensors"), text);
                listed.Add(
                    new JsonObject
                    {
                        ["path"] = $"part/{file}.safetensors",
                        ["size"] = text.Length,
                        ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
                        ["gitBlobId"] = Convert.ToHexStringLower(
                            SHA1.HashData(Encoding.UTF8.GetBytes($"blob {text.Length}\0{text}"))
                        ),
                    }
                );
            }

            File.WriteAllText(
                Path.Combine(made, $"report-{model}"),
                new JsonObject { ["schemaVersion"] = 1, ["files"] = listed }.ToJsonString()
            );
        }

        var added = Enumerable
            .Range(0, models)
            .SelectMany(model => kinds.Select(kind => Path.Combine(made, $"{kind}-{model}")));
        var paths = Shell
            .Output("nix-store", ["--add-fixed", "--recursive", "sha256", .. added], Environment)
            .Split('\n');
        File.WriteAllText(
            Manifest,
            new JsonObject
            {
                ["version"] = 1,
                ["cacheDir"] = Path.Combine(folder, "hub"),
                ["group"] = null,
                ["stateDir"] = Path.Combine(folder, "state"),
                ["fetch"] = "build",
                ["nix"] = null,
                ["models"] = new JsonArray([
                    .. paths
                        .Chunk(3)
                        .Take(models)
                        .Select(
                            (each, model) =>
                                (JsonNode)
                                    new JsonObject
                                    {
                                        ["name"] = $"m{model}",
                                        ["repo"] = $"acme/m{model}",
                                        ["rev"] = Convert.ToHexStringLower(SHA1.HashData(BitConverter.GetBytes(model))),
                                        ["refs"] = new JsonArray("main"),
                                        ["raw"] = each[0],
                                        ["out"] = each[1],
                                        ["report"] = each[2],
                                    }
                        ),
                ]),
            }.ToJsonString()
        );
    }

    /// <summary>The file for <c>sync --manifest</c>.</summary>
    public string Manifest => Path.Combine(_folder, "manifest.json");

    /// <summary>The variables that lead Nix to the store.</summary>
    public Dictionary<string, string> Environment =>
        new()
        {
            ["NIX_STORE_DIR"] = Path.Combine(_folder, "store"),
            ["NIX_STATE_DIR"] = Path.Combine(_folder, "var"),
            ["NIX_LOG_DIR"] = Path.Combine(_folder, "log"),
            ["NIX_CONF_DIR"] = Path.Combine(_folder, "etc"),
            ["NIX_REMOTE"] = "",
            ["HOME"] = _folder,
        };

    /// <summary>Removes the links and the state of them.</summary>
    public void Unlink()
    {
        foreach (var made in (string[])["hub", "state"])
        {
            if (Directory.Exists(Path.Combine(_folder, made)))
                Directory.Delete(Path.Combine(_folder, made), recursive: true);
        }
    }
}
