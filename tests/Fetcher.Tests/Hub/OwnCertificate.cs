using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NixAiModels.Tests.Hub;

/// <summary>A self-signed certificate for 127.0.0.1 and localhost.</summary>
internal static class OwnCertificate
{
    public static X509Certificate2 Make(out string pem)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        pem = bare.ExportCertificatePem();
        return X509CertificateLoader.LoadPkcs12(bare.Export(X509ContentType.Pfx), null);
    }
}
