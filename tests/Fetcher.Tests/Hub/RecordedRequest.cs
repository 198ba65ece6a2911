namespace NixAiModels.Tests.Hub;

/// <summary>A request in the record of the test hub.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="At">Milliseconds since the hub was started.</param>
/// <param name="Connection">The same for requests on one connection.</param>
/// <param name="Method">GET, HEAD, POST.</param>
/// <param name="Origin">"hub" or "cdn".</param>
/// <param name="Path">The raw path and query; the CDN's without the signature.</param>
/// <param name="On">info, refs, tree, paths-info, resolve, raw, cdn, whoami, other.</param>
/// <param name="Repo">"org/name", "datasets/org/name".</param>
/// <param name="File">The file's path in the repository, if the request was for a file.</param>
/// <param name="Range">The Range header.</param>
/// <param name="Authorization">Whether the request had that header.</param>
/// <param name="Token">First 8 hex digits of the SHA-256 of the token.</param>
/// <param name="UserAgent">The User-Agent header.</param>
/// <param name="AcceptEncoding">The Accept-Encoding header.</param>
/// <param name="Status">The status; 0 before the response.</param>
/// <param name="Bytes">Bytes of the body that were sent.</param>
/// <param name="Faults">The kinds of the faults that applied.</param>
public sealed record RecordedRequest(
    int Number,
    double At,
    string Connection,
    string Method,
    string Origin,
    string Path,
    string On,
    string? Repo,
    string? File,
    string? Range,
    bool Authorization,
    string? Token,
    string? UserAgent,
    string? AcceptEncoding,
    int Status,
    long Bytes,
    IReadOnlyList<string> Faults
);
