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
        LaterPort = 18325;
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
                location /api/ { default_type application/json; root {{folder}}/hub; }
                location / { rewrite ^/bench/([a-z]+)/resolve/[0-9a-f]+/(.*)$ /$1/$2 break; root {{folder}}/files; }
                """;
    }

    public string Folder { get; }

    public string Certificate { get; }

    /// <summary>Makes a repository of files with random bytes, served as /NAME/FILE and as the hub's
    /// bench/NAME.</summary>
    public static void MakeRepository(string folder, string name, IEnumerable<(string File, long Size)> files)
    {
        var contents = Directory.CreateDirectory(Path.Combine(folder, "files", name)).FullName;
        var listing = Path.Combine(folder, "hub", "api", "models", "bench", name, "tree", Commit);
        if (File.Exists(listing))
            return;
        var revision = Path.Combine(folder, "hub", "api", "models", "bench", name, "revision", Commit);
        Directory.CreateDirectory(Path.GetDirectoryName(listing)!);
        Directory.CreateDirectory(Path.GetDirectoryName(revision)!);
        var entries = new List<string>();
        var siblings = new List<string>();
        foreach (var (file, size) in files)
        {
            var path = Path.Combine(contents, file);
            using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using (var stream = File.Create(path))
            {
                var block = new byte[Math.Min(size, 1 << 20)];
                for (var written = 0L; written < size; written += block.Length)
                {
                    Random.Shared.NextBytes(block);
                    stream.Write(block);
                    sha256.AppendData(block);
                }
            }

            var oid = Convert.ToHexStringLower(sha256.GetHashAndReset());
            entries.Add(
                $$"""
                { "type": "file", "path": "{{file}}", "size": {{size}}, "oid": "{{new string('0', 40)}}",
                  "lfs": { "oid": "{{oid}}", "size": {{size}}, "pointerSize": 134 } }
                """
            );
            siblings.Add($$"""{ "rfilename": "{{file}}" }""");
        }

        File.WriteAllText(
            revision,
            $$"""
            { "id": "bench/{{name}}", "sha": "{{Commit}}", "private": false, "gated": false,
              "siblings": [{{string.Join(", ", siblings)}}] }
            """
        );
        File.WriteAllText(listing, $"[{string.Join(",\n", entries)}]", new UTF8Encoding(false));
    }

    public void Dispose()
    {
        Shell.Run("kill", [$"{_process.Id}"]);
        _process.WaitForExit();
        _process.Dispose();
    }
}
