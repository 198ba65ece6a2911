using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NixAiModels.Tests.Hub;

/// <summary>Each fault does what <c>test-hub --help</c> says.</summary>
public sealed class TestHubFaultTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private static readonly byte[] Weights = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7))];

    private readonly HttpClient _client = new();
    private readonly string _name = $"acme/{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_series_of_error_statuses_begins_and_ends_as_told_and_carries_its_headers()
    {
        await SetAsync(
            """
            {"kind": "status", "status": 429, "on": "resolve", "skip": 1, "times": 2, "headers": {"Retry-After": "7"}}
            """
        );

        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            using var response = await GetAsync();
            statuses.Add((int)response.StatusCode);
            (response.Headers.RetryAfter?.Delta == TimeSpan.FromSeconds(7)).Should().Be(i is 1 or 2);
        }

        statuses.Should().Equal(200, 429, 429, 200);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("cut")]
    public async Task A_connection_breaks_after_the_given_number_of_bytes(string kind)
    {
        await SetAsync($$"""{"kind": "{{kind}}", "on": "cdn", "after": 70000, "times": 1}""");

        using var response = await GetAsync();
        await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
        using var got = new MemoryStream();
        await FluentActions.Awaiting(() => stream.CopyToAsync(got, Cancellation)).Should().ThrowAsync<Exception>();

        got.Length.Should().Be(70_000);
        (await BytesAsync()).Should().Equal(Weights);
    }

    [Theory]
    [InlineData("short", 190_000)]
    [InlineData("long", 210_000)]
    public async Task A_body_is_too_short_or_too_long_with_a_matching_length_or_none(string kind, int length)
    {
        await SetAsync($$"""{"kind": "{{kind}}", "bytes": 10000, "times": 1}""");
        await hub.FaultAsync(
            new
            {
                kind,
                bytes = 10_000,
                chunked = true,
                skip = 1,
                times = 1,
                repo = _name,
            }
        );

        (await BytesAsync()).Should().HaveCount(length);
        using var response = await GetAsync();
        response.Content.Headers.ContentLength.Should().BeNull();
        (await response.Content.ReadAsByteArrayAsync(Cancellation)).Should().HaveCount(length);
    }

    [Fact]
    public async Task A_byte_flips_at_its_offset_whatever_range_is_requested()
    {
        await SetAsync("""{"kind": "flip", "at": 150000}""");

        var part = await BytesAsync("bytes=149999-150001");
        part.Should().Equal(Weights[149_999], (byte)(Weights[150_000] ^ 1), Weights[150_001]);
        (await BytesAsync("bytes=0-9")).Should().Equal(Weights[..10]);
    }

    [Fact]
    public async Task A_range_is_ignored_or_answered_wrongly()
    {
        await SetAsync("""{"kind": "ignore-range", "times": 1}""");
        await hub.FaultAsync(
            new
            {
                kind = "wrong-content-range",
                bytes = 3,
                skip = 1,
                repo = _name,
            }
        );

        using var whole = await GetAsync("bytes=5-6");
        whole.StatusCode.Should().Be(HttpStatusCode.OK);
        using var wrong = await GetAsync("bytes=5-6");
        wrong.Content.Headers.ContentRange!.ToString().Should().Be("bytes 8-9/200000");
    }

    [Fact]
    public async Task Locations_expire_at_once_and_a_new_one_works()
    {
        await SetAsync("""{"kind": "expired", "skip": 1, "times": 1}""");
        using var direct = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        async Task<Uri> LocateAsync() =>
            (await direct.GetAsync($"{hub.Endpoint}/{_name}/resolve/main/model.bin", Cancellation)).Headers.Location!;
        async Task<int> StatusAsync(Uri location) => (int)(await direct.GetAsync(location, Cancellation)).StatusCode;

        var (first, second) = (await LocateAsync(), await LocateAsync());
        (await StatusAsync(first)).Should().Be(200);
        (await StatusAsync(first)).Should().Be(403);
        (await StatusAsync(second)).Should().Be(403);
        (await StatusAsync(await LocateAsync())).Should().Be(200);
    }

    [Fact]
    public async Task A_listing_lies_about_sizes_hides_its_end_or_holds_hostile_paths()
    {
        await SetAsync("""{"kind": "wrong-size", "path": "model.bin", "bytes": -1, "times": 1}""");
        await hub.FaultAsync(
            new
            {
                kind = "entries",
                repo = _name,
                times = 1,
                entries = new[]
                {
                    new
                    {
                        type = "file",
                        path = "../x",
                        size = 1,
                        oid = "0",
                    },
                },
            }
        );
        await hub.FaultAsync(
            new
            {
                kind = "truncated",
                repo = _name,
                skip = 1,
                times = 1,
            }
        );
        await hub.FaultAsync(
            new
            {
                kind = "foreign-next",
                repo = _name,
                skip = 2,
                times = 1,
            }
        );
        var address = $"{hub.Endpoint}/api/models/{_name}/tree/main";

        using var lying = JsonDocument.Parse(await _client.GetStringAsync(address, Cancellation));
        lying
            .RootElement.EnumerateArray()
            .Select(e => (e.GetProperty("path").GetString(), e.GetProperty("size").GetInt64()))
            .Should()
            .Equal(("model.bin", 199_999), ("../x", 1));
        var half = await _client.GetStringAsync(address, Cancellation);
        FluentActions.Invoking(() => JsonDocument.Parse(half)).Should().Throw<JsonException>();
        using var foreign = await _client.GetAsync(address, Cancellation);
        foreign.Headers.GetValues("Link").Single().Should().Contain(hub.Cdn);
    }

    [Fact]
    public async Task An_error_page_or_a_pointer_comes_in_place_of_the_file()
    {
        await SetAsync("""{"kind": "error-page", "on": "cdn", "times": 1}""");
        await hub.FaultAsync(
            new
            {
                kind = "pointer",
                times = 1,
                repo = _name,
            }
        );

        using var page = await GetAsync();
        page.StatusCode.Should().Be(HttpStatusCode.OK);
        page.Content.Headers.ContentType!.MediaType.Should().Be("text/html");
        (await _client.GetStringAsync($"{hub.Endpoint}/{_name}/resolve/main/model.bin", Cancellation))
            .Should()
            .StartWith("version https://git-lfs");
        (await BytesAsync()).Should().Equal(Weights);
    }

    [Fact]
    public async Task A_response_is_slow_late_or_stalls()
    {
        await SetAsync("""{"kind": "bandwidth", "bytes_per_second": 1000000, "times": 1}""");
        await hub.FaultAsync(
            new
            {
                kind = "latency",
                ms = 200,
                on = "resolve",
                skip = 1,
                times = 1,
                repo = _name,
            }
        );
        await hub.FaultAsync(
            new
            {
                kind = "stall",
                after = 1000,
                seconds = 0.3,
                skip = 2,
                times = 1,
                repo = _name,
            }
        );

        (await TimedAsync()).Should().BeGreaterThan(TimeSpan.FromSeconds(0.18));
        (await TimedAsync()).Should().BeGreaterThan(TimeSpan.FromSeconds(0.19));
        (await TimedAsync()).Should().BeGreaterThan(TimeSpan.FromSeconds(0.29));
    }

    [Fact]
    public async Task A_fault_of_an_unknown_kind_is_rejected()
    {
        await hub.Awaiting(h => h.FaultAsync(new { kind = "typhoon" }))
            .Should()
            .ThrowAsync<InvalidOperationException>()
            .WithMessage("*typhoon*");
    }

    /// <summary>Makes this test's repository, with one LFS file, and sets a fault for it.</summary>
    private async Task SetAsync(string fault)
    {
        hub.Repository(_name).Lfs("model.bin", Weights);
        var json = JsonNode.Parse(fault)!;
        json["repo"] = _name;
        await hub.FaultAsync(json);
    }

    private async Task<HttpResponseMessage> GetAsync(string? range = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{hub.Endpoint}/{_name}/resolve/main/model.bin");
        if (range is not null)
            request.Headers.Range = RangeHeaderValue.Parse(range);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    private async Task<byte[]> BytesAsync(string? range = null)
    {
        using var response = await GetAsync(range);
        return await response.Content.ReadAsByteArrayAsync(Cancellation);
    }

    private async Task<TimeSpan> TimedAsync()
    {
        var watch = Stopwatch.StartNew();
        await BytesAsync();
        return watch.Elapsed;
    }
}
