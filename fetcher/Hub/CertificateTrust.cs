using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace NixAiModels.Hub;

/// <summary>Which certificate authorities are trusted.</summary>
internal sealed class CertificateTrust
{
    // Where distributions keep the bundle; a program built elsewhere looks in its builder's place only.
    private static readonly string[] SystemBundles =
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];

    private CertificateTrust(string? bundleFile) => BundleFile = bundleFile;

    /// <summary>The PEM file of trusted certificates; <see langword="null"/> for .NET's defaults.</summary>
    public string? BundleFile { get; }

    /// <summary>Chooses <c>NIX_SSL_CERT_FILE</c> or <c>SSL_CERT_FILE</c>, each only where it names a readable file (in
    /// a sandbox it may be missing; nixpkgs sets <c>/no-cert-file.crt</c>), then <see cref="HubOptions.CaBundle"/>,
    /// then the system's bundle; on macOS the keychain, which .NET asks.</summary>
    public static CertificateTrust Choose(HubOptions options)
    {
        foreach (var name in (ReadOnlySpan<string>)["NIX_SSL_CERT_FILE", "SSL_CERT_FILE"])
        {
            if (options.Variables[name] is { } file && IsReadable(file))
                return new CertificateTrust(file);
        }

        if (options.CaBundle is { Length: > 0 } bundle)
            return new CertificateTrust(bundle);
        if (options.Variables["SSL_CERT_DIR"] is not null || OperatingSystem.IsMacOS())
            return new CertificateTrust(null);
        return new CertificateTrust(SystemBundles.FirstOrDefault(IsReadable));
    }

    /// <summary>The options for TLS; host names are always checked.</summary>
    /// <exception cref="Failure">The file cannot be read or has no certificate (exit code 7).</exception>
    public SslClientAuthenticationOptions TlsOptions()
    {
        var options = new SslClientAuthenticationOptions
        {
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (BundleFile is null)
            return options;
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(Load(BundleFile));
        return options;
    }

    private static bool IsReadable(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return true;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            return false;
        }
    }

    /// <summary>All certificates of a PEM file but those that this system cannot read.</summary>
    private static X509Certificate2Collection Load(string file)
    {
        ReadOnlySpan<char> rest;
        try
        {
            rest = File.ReadAllText(file, Encoding.Latin1);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, file);
        }

        var certificates = new X509Certificate2Collection();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label] is "CERTIFICATE")
            {
                try
                {
                    certificates.Add(
                        X509CertificateLoader.LoadCertificate(
                            Convert.FromBase64String(rest[fields.Base64Data].ToString())
                        )
                    );
                }
                catch (CryptographicException)
                {
                    // Some bundles hold certificates with parameters that OpenSSL refuses.
                }
            }

            rest = rest[fields.Location.End..];
        }

        return certificates.Count > 0
            ? certificates
            : throw new Failure(
                ExitCode.LocalIO,
                $"no certificate found: {file}",
                EnvironmentVariables.OfProcess.Setting("NIX_SSL_CERT_FILE=/path/to/bundle.pem")
            );
    }
}
