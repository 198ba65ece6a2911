// Writes fetcher/deps.json, the NuGet lock of the Nix package, from what the last restore chose:
//
//   dotnet restore fetcher && dotnet run tests/nix/nuget-deps.cs > fetcher/deps.json
//
// nixpkgs has the same in `nix build .#nix-ai-models.fetch-deps`, which needs nixpkgs and its SDK; this needs neither.
// What the SDK brings along (compiler, linker, runtime pack) is left out: nixpkgs' SDK has its own, of its own version.
#:property PublishAot=false
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

var assets = args.Length > 0 ? args[0] : "artifacts/dotnet/obj/NixAiModels/project.assets.json";
using var document = JsonDocument.Parse(File.ReadAllBytes(assets));
var folder = document.RootElement.GetProperty("packageFolders").EnumerateObject().First().Name;

var packages = document
    .RootElement.GetProperty("libraries")
    .EnumerateObject()
    .Where(library => library.Value.GetProperty("type").GetString() == "package")
    .Select(library => library.Name.Split('/'))
    .Where(parts => !Regex.IsMatch(parts[0], @"(^|\.)Microsoft\.(DotNet\.ILCompiler|NET\.ILLink\.Tasks)$"))
    .OrderBy(parts => parts[0], StringComparer.Ordinal);

using var stdout = Console.OpenStandardOutput();
using (
    var json = new Utf8JsonWriter(
        stdout,
        new JsonWriterOptions
        {
            Indented = true,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }
    )
)
{
    json.WriteStartArray();
    foreach (var parts in packages)
    {
        var (id, version) = (parts[0].ToLowerInvariant(), parts[1].ToLowerInvariant());
        var nupkg = Path.Combine(folder, id, version, $"{id}.{version}.nupkg");
        json.WriteStartObject();
        json.WriteString("pname", parts[0]);
        json.WriteString("version", parts[1]);
        json.WriteString("hash", "sha256-" + Convert.ToBase64String(SHA256.HashData(File.ReadAllBytes(nupkg))));
        json.WriteEndObject();
    }

    json.WriteEndArray();
}

stdout.Write(Encoding.UTF8.GetBytes("\n"));
