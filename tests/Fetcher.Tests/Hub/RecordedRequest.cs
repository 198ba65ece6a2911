namespace NixAiModels.Tests.Hub;

/// <summary>One request as the test hub met it.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="At">Milliseconds since the hub was started.</param>
/// <param name="Connection">The same for requests on one connection.</param>
/// <param name="Method">GET, HEAD, POST.</param>
/// <param name="Origin">"hub" or "cdn".</param>
/// <param name="Path">As on the wire; the CDN's without the signature.</param>
/// <param name="On">info, refs, tree, paths-info, resolve, raw, cdn, whoami, other.</param>
/// <param name="Repo">"org/name", "datasets/org/name".</param>
/// <param name="File">The file's path in the repository, where one was asked for.</param>
/// <param name="Range">The Range header.</param>
/// <param name="Authorization">Whether the request carried that header.</param>
/// <param name="Token">First 8 hex digits of the SHA-256 of the token.</param>
/// <param name="UserAgent">The client's name for itself.</param>
/// <param name="AcceptEncoding">What the client takes.</param>
/// <param name="Status">What was answered; 0 if nothing was yet.</param>
/// <param name="Bytes">Bytes of the body that were sent.</param>
/// <param name="Faults">Kinds of the faults that acted.</param>
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
