using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace NixAiModels.Tests.Hub;

/// <summary>The test hub, as a plain client that follows no redirects sees it.</summary>
public sealed class TestHubTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private static readonly byte[] Weights = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7))];

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task An_lfs_file_redirects_to_the_other_origin_which_serves_ranges()
    {
        hub.Repository("acme/lfs").Lfs("sub/model.dat", Weights);

        using var resolve = await GetAsync("/acme/lfs/resolve/main/sub/model.dat");
        resolve.StatusCode.Should().Be(HttpStatusCode.Redirect);
        resolve.Headers.GetValues("X-Linked-Size").Should().Equal("5000");
        resolve.Headers.GetValues("X-Repo-Commit").Should().Equal(await hub.CommitAsync("acme/lfs"));
        resolve.Headers.Location!.ToString().Should().StartWith(hub.Cdn + "/");

        (await RangeAsync(resolve.Headers.Location, "bytes=10-19")).Should().Equal(Weights[10..20]);
        (await RangeAsync(resolve.Headers.Location, "bytes=4990-")).Should().Equal(Weights[4990..]);
        (await RangeAsync(resolve.Headers.Location, "bytes=-5")).Should().Equal(Weights[^5..]);
        using var beyond = await GetAsync(resolve.Headers.Location.ToString(), range: "bytes=5000-");
        beyond.StatusCode.Should().Be(HttpStatusCode.RequestedRangeNotSatisfiable);
        beyond.Content.Headers.ContentRange!.ToString().Should().Be("bytes */5000");
    }

    [Fact]
    public async Task The_cdn_refuses_credentials_and_changed_signatures_and_the_record_shows_it()
    {
        hub.Repository("acme/signed").Lfs("a.bin", Weights);
        using var resolve = await GetAsync("/acme/signed/resolve/main/a.bin");
        var location = resolve.Headers.Location!.ToString();

        (await StatusAsync(location, token: "hf_x")).Should().Be(400);
        (await StatusAsync(location.Replace("Serial=", "Serial=1", StringComparison.Ordinal))).Should().Be(403);
        var record = await hub.RecordAsync();
        record
            .Should()
            .ContainSingle(r => r.Origin == "cdn" && r.Repo == "acme/signed" && r.Authorization && r.Status == 400);
        record.Should().NotContain(r => r.Path.Contains("Signature"));
    }

    [Fact]
    public async Task A_listing_comes_in_linked_pages()
    {
        await using var small = await TestHubFixture.StartAsync("--page-size", "2", "--prefix", "/hf");
        small
            .Repository("acme/pages")
            .File("a", "1")
            .File("b/c", "2")
            .File("b/d é#", "3")
            .Revision("refs/pr/1")
            .File("z", "9");

        var paths = new List<string>();
        var next = $"{small.Endpoint}/api/models/acme/pages/tree/main?recursive=true";
        while (next is not null)
        {
            using var response = await _client.GetAsync(next, Cancellation);
            using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
            paths.AddRange(json.RootElement.EnumerateArray().Select(entry => entry.GetProperty("path").GetString()!));
            next = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        paths.Should().Equal("a", "b", "b/c", "b/d é#");
        (await _client.GetStringAsync($"{small.Endpoint}/acme/pages/resolve/refs%2Fpr%2F1/z", Cancellation))
            .Should()
            .Be("9");
        (await _client.GetStringAsync($"{small.Endpoint}/acme/pages/resolve/main/b/d%20%C3%A9%23", Cancellation))
            .Should()
            .Be("3");
    }

    [Fact]
    public async Task Every_error_response_has_the_status_and_code_of_the_protocol()
    {
        hub.Repository("acme/gated").File("f", "x").Gated("hf_good").Unaccepted("hf_no").Limited("hf_fine");
        hub.Repository("acme/private").File("f", "x").Private("hf_mine");
        hub.Repository("acme/gone").File("f", "x").Disabled();
        hub.Repository("acme/open").File("f", "x");

        (await RefusalAsync("/acme/gated/resolve/main/f")).Should().Be((401, "GatedRepo"));
        (await RefusalAsync("/acme/gated/resolve/main/f", "hf_no")).Should().Be((403, "GatedRepo"));
        (await RefusalAsync("/acme/gated/resolve/main/f", "hf_fine")).Should().Be((403, null));
        (await RefusalAsync("/acme/gated/resolve/main/f", "hf_wrong")).Should().Be((401, null));
        (await StatusAsync("/acme/gated/resolve/main/f", "hf_good")).Should().Be(200);
        (await RefusalAsync("/api/models/acme/private/revision/main")).Should().Be((401, "RepoNotFound"));
        (await RefusalAsync("/api/models/acme/private/revision/main", "hf_good")).Should().Be((404, "RepoNotFound"));
        (await StatusAsync("/api/models/acme/private/revision/main", "hf_mine")).Should().Be(200);
        (await RefusalAsync("/acme/gone/resolve/main/f")).Should().Be((403, null));
        (await RefusalAsync("/acme/open/resolve/none/f")).Should().Be((404, "RevisionNotFound"));
        (await RefusalAsync("/acme/open/resolve/main/none")).Should().Be((404, "EntryNotFound"));
    }

    [Fact]
    public async Task A_renamed_private_repository_redirects_its_readers_relatively()
    {
        hub.Repository("acme/new-name").File("f", "x").Private("hf_owner");
        hub.Repository("acme/old-name").RenamedTo("acme/new-name");

        (await StatusAsync("/acme/old-name/resolve/main/f")).Should().Be(401);
        using var moved = await GetAsync("/acme/old-name/resolve/main/f?download=true", token: "hf_owner");
        moved.StatusCode.Should().Be(HttpStatusCode.TemporaryRedirect);
        moved.Headers.Location!.ToString().Should().Be("/acme/new-name/resolve/main/f?download=true");
    }

    [Fact]
    public async Task A_branch_moves_with_its_files_and_the_old_commit_stays_where_it_was_copied()
    {
        var repository = hub.Repository("acme/moving").File("f", "one").Tag("v1", "first").CopyTo("first");
        var first = await hub.CommitAsync("acme/moving");
        repository.File("f", "two");

        (await hub.CommitAsync("acme/moving")).Should().NotBe(first);
        (await hub.CommitAsync("acme/moving", "v1")).Should().Be(first);
        (await _client.GetStringAsync($"{hub.Endpoint}/acme/moving/resolve/{first}/f", Cancellation))
            .Should()
            .Be("one");
    }

    [Fact]
    public async Task Text_is_compressed_for_clients_that_accept_it_and_then_has_no_length()
    {
        hub.Repository("acme/text").File("config.json", "{ }");
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            hub.Endpoint + "/acme/text/resolve/main/config.json"
        );
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        response.Content.Headers.ContentEncoding.Should().Equal("gzip");
        response.Content.Headers.ContentLength.Should().BeNull();
        response.Headers.ETag!.IsWeak.Should().BeTrue();
    }

    private async Task<HttpResponseMessage> GetAsync(string address, string? token = null, string? range = null)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            address.StartsWith('/') ? hub.Endpoint + address : address
        );
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (range is not null)
            request.Headers.Range = RangeHeaderValue.Parse(range);
        return await _client.SendAsync(request, Cancellation);
    }

    private async Task<int> StatusAsync(string address, string? token = null)
    {
        using var response = await GetAsync(address, token);
        return (int)response.StatusCode;
    }

    private async Task<(int Status, string? Code)> RefusalAsync(string address, string? token = null)
    {
        using var response = await GetAsync(address, token);
        return (
            (int)response.StatusCode,
            response.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.Single() : null
        );
    }

    private async Task<byte[]> RangeAsync(Uri location, string range)
    {
        using var response = await GetAsync(location.ToString(), range: range);
        response.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        return await response.Content.ReadAsByteArrayAsync(Cancellation);
    }
}
