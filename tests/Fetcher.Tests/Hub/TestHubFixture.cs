using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace NixAiModels.Tests.Hub;

/// <summary>A running test hub over a temporary folder: an xunit class fixture, or started with options.</summary>
/// <example>
/// <code>
/// await using var hub = await TestHubFixture.StartAsync("--expires", "2");
/// hub.Repository("org/name").File("config.json", "{}").Lfs("model.safetensors", bytes).Gated("hf_good");
/// await hub.FaultAsync(new { kind = "reset", path = "*.safetensors", on = "cdn", after = 1000, times = 1 });
/// … hub.Endpoint …
/// (await hub.RecordAsync()).Should().NotContain(request => request.Origin == "cdn" &amp;&amp; request.Authorization);
/// </code>
/// </example>
public sealed class TestHubFixture : IAsyncLifetime
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private readonly HttpClient _client = new();
    private Process? _process;

    /// <summary>The hub's address without a trailing slash, for HF_ENDPOINT.</summary>
    public string Endpoint { get; private set; } = "";

    /// <summary>The address of the second origin.</summary>
    public string Cdn { get; private set; } = "";

    /// <summary>The address of the origin that is not a hub: <c>{Plain}/files/ORG/NAME/PATH</c>.</summary>
    public string Plain { get; private set; } = "";

    /// <summary>The address of the third origin, of <c>--xet</c>.</summary>
    public string Cas { get; private set; } = "";

    /// <summary>The address of the registry of models.</summary>
    public string Registry { get; private set; } = "";

    /// <summary>The served folder.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("test-hub-").FullName;

    /// <summary>Where <c>--https</c> writes its certificate authority.</summary>
    public string CertificateAuthorityFile => Path.Combine(Root, "ca.pem");

    /// <summary>Starts a hub with options of its command line ("--https" alone gets its file).</summary>
    public static async Task<TestHubFixture> StartAsync(params string[] options)
    {
        var hub = new TestHubFixture();
        await hub.StartProcessAsync(options);
        return hub;
    }

    async ValueTask IAsyncLifetime.InitializeAsync() => await StartProcessAsync([]);

    /// <summary>A model repository, "org/name" or "name"; it exists from its first file on.</summary>
    public TestRepository Repository(string name) => new(Root, "models", name);

    /// <summary>A dataset.</summary>
    public TestRepository Dataset(string name) => new(Root, "datasets", name);

    /// <summary>A space.</summary>
    public TestRepository Space(string name) => new(Root, "spaces", name);

    /// <summary>A kernel.</summary>
    public TestRepository Kernel(string name) => new(Root, "kernels", name);

    /// <summary>A model of the registry, "namespace/name": its layers are LFS files.</summary>
    public TestRepository Registered(string name, string tag) => new TestRepository(Root, "registry", name).Tagged(tag);

    /// <summary>Sets a fault (its form: <c>test-hub --help</c>), e.g. <c>new { kind = "status", status = 503, times = 2
    /// }</c>.</summary>
    public async Task FaultAsync(object fault)
    {
        using var response = await _client.PostAsJsonAsync(Endpoint + "/_faults", fault);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Removes the faults that <see cref="FaultAsync"/> set, all or those of one repository.</summary>
    public async Task ClearFaultsAsync(string? repository = null) =>
        (await _client.DeleteAsync(Endpoint + "/_faults" + Query(repository))).Dispose();

    /// <summary>Every request since the start or <see cref="ClearRecordAsync"/>, on both origins; all or those of one
    /// repository.</summary>
    public async Task<IReadOnlyList<RecordedRequest>> RecordAsync(string? repository = null) =>
        (await _client.GetFromJsonAsync<RecordedRequest[]>(Endpoint + "/_record" + Query(repository), Json))!;

    /// <summary>Forgets the requests so far.</summary>
    public async Task ClearRecordAsync(string? repository = null) =>
        (await _client.DeleteAsync(Endpoint + "/_record" + Query(repository))).Dispose();

    private static string Query(string? repository) => repository is null ? "" : $"?repo={repository}";

    /// <summary>The current commit of a revision.</summary>
    public async Task<string> CommitAsync(
        string name,
        string revision = "main",
        string type = "models",
        string? token = null
    )
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"{Endpoint}/api/{type}/{name}/revision/{Uri.EscapeDataString(revision)}"
        );
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        using var response = await _client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("sha").GetString()!;
    }

    /// <summary>Stops the hub and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        Directory.Delete(Root, recursive: true);
    }

    private async Task StartProcessAsync(string[] options)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(ProgramFile());
        foreach (var option in (string[])["--root", Root, "--until-stdin-closes", .. options])
        {
            start.ArgumentList.Add(option);
            if (option == "--https")
                start.ArgumentList.Add(CertificateAuthorityFile);
        }
        _process = Process.Start(start)!;
        var line =
            await _process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("the test hub did not start");
        using var json = JsonDocument.Parse(line);
        Endpoint = json.RootElement.GetProperty("endpoint").GetString()!;
        Cdn = json.RootElement.GetProperty("cdn").GetString()!;
        Plain = json.RootElement.GetProperty("plain").GetString()!;
        Cas = json.RootElement.GetProperty("cas").GetString() ?? "";
        Registry = json.RootElement.GetProperty("registry").GetString()!;
    }

    /// <summary>The hub is built beside the tests:
    /// <c>artifacts/dotnet/bin/{Fetcher.Tests,TestHub}/CONFIGURATION/</c>.</summary>
    private static string ProgramFile()
    {
        var ours = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        for (var folder = ours; folder is not null; folder = folder.Parent)
        {
            foreach (var configuration in (string[])[ours.Name, "debug", "release"])
            {
                var file = Path.Combine(folder.FullName, "TestHub", configuration, "test-hub.dll");
                if (File.Exists(file))
                    return file;
            }
        }

        throw new FileNotFoundException("test-hub.dll is not built: dotnet build tests/hub");
    }
}
