using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace NixAiModels.Bench;

/// <summary>One nginx on loopback that serves every client the same files: as plain URLs, and as a hub's repository
/// with static answers at the URLs of the Hub's API.</summary>
internal sealed class Nginx : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";
    public const int Port = 18321,
        TlsPort = 18322,
        SlowPort = 18323,
        LatePort = 18324,
        LaterPort = 18325,
        FleetPort = 18326;
    private readonly Process _process;

    public Nginx(string folder)
    {
        Folder = folder;
        Certificate = Path.Combine(folder, "cert.pem");
        Shell.Run(
            "openssl",
            [
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout",
                Path.Combine(folder, "key.pem"),
                "-out",
                Certificate,
            ]
        );
        var configuration = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(
            configuration,
            $$"""
            daemon off; worker_processes auto; pid {{folder}}/nginx.pid; error_log {{folder}}/error.log;
            load_module /usr/lib/nginx/modules/ngx_http_echo_module.so;
            events { worker_connections 1024; }
            http {
              access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000;
              default_type application/octet-stream;
              server { listen 127.0.0.1:{{Port}}; {{Locations()}} }
              server { listen 127.0.0.1:{{TlsPort}} ssl;
                ssl_certificate {{Certificate}}; ssl_certificate_key {{folder}}/key.pem; {{Locations()}} }
              server { listen 127.0.0.1:{{SlowPort}}; limit_rate 30m; {{Locations()}} }
              server { listen 127.0.0.1:{{LatePort}}; {{Late("0.02")}} }
              server { listen 127.0.0.1:{{LaterPort}}; {{Late("0.1")}} }
              log_format fleet '$status $bytes_sent $request_uri';
              server { listen 127.0.0.1:{{FleetPort}};
                root {{folder}}/fleet/cache; access_log {{folder}}/fleet.log fleet; }
            }
            """
        );
        _process = Process.Start(new ProcessStartInfo("nginx", ["-p", folder, "-c", configuration]))!;
        Thread.Sleep(500);
        if (_process.HasExited)
            throw new InvalidOperationException($"nginx did not start; see {folder}/error.log");

        string Late(string seconds) =>
            $$"""
                    location /real/ { internal; alias {{folder}}/files/; }
                    location / { echo_sleep {{seconds}};
                      rewrite ^/bench/([a-z]+)/resolve/[0-9a-f]+/(.*)$ /$1/$2; echo_exec /real$uri; }
                    location /api/ { default_type application/json; root {{folder}}/hub; }
                """;

        string Locations() =>
            $$"""
                location /api/ { default_type application/json; root {{folder}}/hub; error_page 405 =200 $uri; }
                location / { rewrite ^/bench/([a-z]+)/resolve/[0-9a-f]+/(.*)$ /$1/$2 break; root {{folder}}/files;
                  add_header X-Repo-Commit {{Commit}}; }
                """;
    }

    public string Folder { get; }

    public string Certificate { get; }

    /// <summary>Makes a repository of files with random bytes, served as /NAME/FILE and as the hub's
    /// bench/NAME.</summary>
    public static void MakeRepository(string folder, string name, IEnumerable<(string File, long Size)> files)
    {
        var contents = Directory.CreateDirectory(Path.Combine(folder, "files", name)).FullName;
        if (Listed(folder, name))
            return;
        List(folder, name, [.. files.Select(file => (file.File, file.Size, Fill(contents, file.File, file.Size)))]);
    }

    /// <summary>Makes a repository of one file that is a hole, served likewise.</summary>
    public static void MakeSparseRepository(string folder, string name, long size)
    {
        var contents = Directory.CreateDirectory(Path.Combine(folder, "files", name)).FullName;
        if (Listed(folder, name))
            return;
        var path = Path.Combine(contents, "model.bin");
        using (var stream = File.Create(path))
            stream.SetLength(size);
        var sha256 = Shell.Output("openssl", ["dgst", "-sha256", "-r", path]).Split(' ')[0];
        List(folder, name, [("model.bin", size, sha256)]);
    }

    private static string Fill(string contents, string file, long size)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stream = File.Create(Path.Combine(contents, file));
        var block = new byte[Math.Min(size, 1 << 20)];
        for (var written = 0L; written < size; written += block.Length)
        {
            Random.Shared.NextBytes(block);
            stream.Write(block);
            sha256.AppendData(block);
        }

        return Convert.ToHexStringLower(sha256.GetHashAndReset());
    }

    private static bool Listed(string folder, string name) => File.Exists(Answer(folder, name, "tree"));

    private static string Answer(string folder, string name, string question) =>
        Path.Combine(folder, "hub", "api", "models", "bench", name, question, Commit);

    // The hub's answers. The npm client asks `paths-info` before each file; the answer here is right for one file.
    private static void List(string folder, string name, (string Path, long Size, string Sha256)[] files)
    {
        var entries = files.Select(file =>
            $$"""
                { "type": "file", "path": "{{file.Path}}", "size": {{file.Size}}, "oid": "{{new string('0', 40)}}",
                  "lfs": { "oid": "{{file.Sha256}}", "size": {{file.Size}}, "pointerSize": 134 } }
                """
        );
        var siblings = files.Select(file => $$"""{ "rfilename": "{{file.Path}}" }""");
        (string Question, string Text)[] answers =
        [
            (
                "revision",
                $$"""
                { "id": "bench/{{name}}", "_id": "0", "sha": "{{Commit}}", "private": false, "gated": false,
                  "siblings": [{{string.Join(", ", siblings)}}] }
                """
            ),
            ("paths-info", $"[{entries.First()}]"),
            ("tree", $"[{string.Join(",\n", entries)}]"),
        ];
        foreach (var (question, text) in answers)
        {
            var file = Answer(folder, name, question);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text, new UTF8Encoding(false));
        }
    }

    public void Dispose()
    {
        Shell.Run("kill", [$"{_process.Id}"]);
        _process.WaitForExit();
        _process.Dispose();
    }
}
