namespace NixAiModels.TestHub.Xet;

/// <summary>The third origin, the content-addressed store: of which chunks a file consists, and where they
/// are.</summary>
internal sealed class CasOrigin(XorbStore store, ReadTokens tokens, SignedXorbs signed, Func<Uri> cdn)
{
    private const string Reconstructions = "/reconstructions/";

    /// <param name="exchange">The request.</param>
    /// <param name="path">Its raw path.</param>
    public async Task HandleAsync(Exchange exchange, string path)
    {
        exchange.Record.On = "reconstruction";
        exchange.Record.Repo = tokens.RepositoryOf(exchange.Token);
        var at = path.IndexOf(Reconstructions, StringComparison.Ordinal);
        var file = at < 0 ? null : store.Find(path[(at + Reconstructions.Length)..]);
        exchange.Record.File = file?.Path;
        exchange.RepositoryFaults = store.FaultsOf(exchange.Record.Repo);
        if (await RequestFaults.AnsweredAsync(exchange, tokens.Revoke))
            return;
        if (tokens.RepositoryOf(exchange.Token) is not { } repository)
        {
            await exchange.TextAsync(401, "Unauthorized");
            return;
        }

        var version = at < 0 ? "" : path[..at].TrimStart('/');
        if (file is null || version is not ("v1" or "v2"))
        {
            await exchange.TextAsync(404, "Not Found");
            return;
        }

        var (satisfiable, range) = ByteRange.Parse(exchange.Request.Headers.Range.ToString(), file.Chunked.Size);
        if (!satisfiable)
        {
            await exchange.TextAsync(416, "Range Not Satisfiable");
            return;
        }

        var part = range ?? new ByteRange(0, file.Chunked.Size);
        await exchange.JsonAsync(
            new Reconstruction(file.Chunked, part).Write(
                isVersion2: version == "v2",
                (xorb, ranges) => new Uri(cdn(), signed.Sign(xorb, ranges, repository, file.Path)).AbsoluteUri,
                exchange.Faults(FaultStage.Reconstruction)
            )
        );
    }
}
