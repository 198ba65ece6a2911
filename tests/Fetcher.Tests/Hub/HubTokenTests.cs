using NixAiModels.Hub;

namespace NixAiModels.Tests.Hub;

public sealed class HubTokenTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("token-").FullName;
    private readonly List<string> _warnings = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_first_source_that_has_a_token_wins()
    {
        var option = Write("option", "hf_option\n");
        Write("home/token", "hf_home");
        Write(".netrc", "machine huggingface.co login me password hf_netrc");
        (string, string)[] variables =
        [
            ("HF_TOKEN", "hf_1"),
            ("HUGGING_FACE_HUB_TOKEN", "hf_2"),
            ("HF_TOKEN_PATH", Write("path", "hf_3\r\n")),
            ("HF_HOME", Path.Combine(_folder, "home")),
            ("HOME", _folder),
        ];

        Find(option, variables).Should().Be(("hf_option", $"{option} (--token-file)"));
        Find(null, variables).Should().Be(("hf_1", "HF_TOKEN"));
        Find(null, variables[1..]).Should().Be(("hf_2", "HUGGING_FACE_HUB_TOKEN"));
        Find(null, variables[2..]).Should().Be(("hf_3", $"{_folder}/path (HF_TOKEN_PATH)"));
        Find(null, variables[3..]).Should().Be(("hf_home", $"{_folder}/home/token"));
        Find(null, variables[4..]).Should().Be(("hf_netrc", $"{_folder}/.netrc (machine huggingface.co)"));
        _warnings.Should().BeEmpty();
    }

    [Fact]
    public void The_default_entry_of_netrc_which_is_for_every_host_is_not_used()
    {
        Find(null, ("NETRC", Write("netrc", "default login me password hf_netrc"))).Should().BeNull();
    }

    [Theory]
    [InlineData("https://huggingface.co/x", true)]
    [InlineData("https://HUGGINGFACE.co:443/x", true)]
    [InlineData("https://named.example/x", true)]
    [InlineData("https://mirror.example:8443/hf/x", true)]
    [InlineData("http://huggingface.co/x", false)]
    [InlineData("https://huggingface.co:444/x", false)]
    [InlineData("https://huggingface.co.evil.example/x", false)]
    [InlineData("https://huggingface.co@evil.example/x", false)]
    [InlineData("https://evil.example/huggingface.co", false)]
    [InlineData("http://named.example/x", false)]
    [InlineData("https://mirror.example/hf/x", false)]
    [InlineData("http://127.0.0.1:8000/x", false)]
    public void A_token_goes_to_the_public_hub_and_where_its_owner_named_and_nowhere_else(string url, bool sent)
    {
        var variables = Clients.Variables(("HF_TOKEN", "hf_1"), ("HF_ENDPOINT", "https://mirror.example:8443/hf"));
        var scope = TokenScope.Of([null, "https://named.example"], variables);
        var token = HubToken.Find(HubEndpoint.Parse("https://evil.example"), scope, null, environment: variables)!;

        (token.HeaderFor(new Uri(url))?.Parameter).Should().Be(sent ? "hf_1" : null);
    }

    [Theory]
    [InlineData("https://h.example", true)]
    [InlineData("http://h.example", false)]
    [InlineData("http://127.0.0.1:8080", true)]
    public void The_password_of_a_server_that_data_names_is_not_for_everybody_on_the_way(string server, bool found)
    {
        var netrc = Write("netrc", "machine h.example password secret\nmachine 127.0.0.1 password secret");
        var warnings = new List<string>();

        var password = HubToken.FindPassword(
            HubEndpoint.Parse(server),
            warnings.Add,
            Clients.Variables(("NETRC", netrc))
        );

        (password is not null).Should().Be(found);
        warnings.Count.Should().Be(found ? 0 : 1);
        string.Concat(warnings).Should().NotContain("secret");
    }

    [Theory]
    [InlineData("https://h.example/x", true)]
    [InlineData("https://huggingface.co/x", false)]
    [InlineData("https://sub.h.example/x", false)]
    public void A_token_of_netrc_goes_to_its_machine_alone(string url, bool sent)
    {
        var variables = Clients.Variables(("NETRC", Write("netrc", "machine h.example password hf_netrc")));
        var endpoint = HubEndpoint.Parse("https://h.example");
        var token = HubToken.Find(endpoint, TokenScope.Of([], variables), null, environment: variables)!;

        (token.HeaderFor(new Uri(url))?.Parameter).Should().Be(sent ? "hf_netrc" : null);
    }

    [Theory]
    [InlineData("LD_PRELOAD")]
    [InlineData("PATH")]
    [InlineData("AWS_SECRET_ACCESS_KEY")]
    [InlineData("AWS_SESSION_TOKEN")]
    [InlineData("TOKENS")]
    [InlineData("MY TOKEN")]
    [InlineData("")]
    public void A_definition_names_no_variable_but_a_token(string name)
    {
        var find = () =>
            HubToken.Find(
                HubEndpoint.Default,
                TokenScope.Of([], Clients.Variables()),
                null,
                environment: Clients.Variables((name, "hf_1")),
                variable: name
            );

        find.Should().Throw<Failure>().Which.Code.Should().Be(ExitCode.Usage);
    }

    [Fact]
    public void A_variable_that_a_definition_names_is_sent_only_if_it_looks_like_a_token_of_the_hub()
    {
        var variables = Clients.Variables(("GITHUB_TOKEN", "ghp_secret"));

        HubToken
            .Find(
                HubEndpoint.Default,
                TokenScope.Of([], variables),
                null,
                _warnings.Add,
                variables,
                variable: "GITHUB_TOKEN"
            )
            .Should()
            .BeNull();
        _warnings.Should().ContainSingle().Which.Should().Contain("GITHUB_TOKEN").And.NotContain("ghp_");
    }

    [Fact]
    public void What_a_server_repeats_of_a_token_is_hidden()
    {
        Clients.Token("hf_repeated+/=");

        Redaction.Of("a hf_repeated+/= b hf_repeated%2B%2F%3D").Should().Be("a [token] b [token]");
    }

    [Fact]
    public void The_variable_that_a_definition_names_comes_before_the_usual_ones_and_is_named()
    {
        var environment = Clients.Variables(("HF_TOKEN", "hf_1"), ("MY_TOKEN", "hf_2"));

        HubToken
            .Find(
                HubEndpoint.Default,
                TokenScope.Of([], environment),
                null,
                environment: environment,
                variable: "MY_TOKEN"
            )!
            .Source.Should()
            .Be("MY_TOKEN");
    }

    [Fact]
    public void An_empty_variable_counts_as_unset_and_white_space_is_not_a_token()
    {
        Find(
                null,
                ("HF_TOKEN", ""),
                ("HUGGING_FACE_HUB_TOKEN", " \n"),
                ("HF_TOKEN_PATH", ""),
                ("NETRC", ""),
                ("HF_HOME", "")
            )
            .Should()
            .BeNull();
    }

    [Fact]
    public void The_token_of_hf_is_found_in_the_cache_folder_or_the_home_directory()
    {
        Write("cache/huggingface/token", "hf_xdg");
        Write(".cache/huggingface/token", "hf_home");

        Find(null, ("XDG_CACHE_HOME", Path.Combine(_folder, "cache")))!.Value.Value.Should().Be("hf_xdg");
        Find(null, ("HOME", _folder))!.Value.Value.Should().Be("hf_home");
        Find(null, ("HOME", _folder), ("HF_TOKEN_PATH", "~/cache/huggingface/token"))!
            .Value.Value.Should()
            .Be("hf_xdg");
    }

    [Fact]
    public void A_token_file_must_be_readable_and_not_empty()
    {
        Failing(Path.Combine(_folder, "none")).Code.Should().Be(ExitCode.LocalIO);
        Failing(_folder).Code.Should().Be(ExitCode.LocalIO);
        Failing(Write("empty", "\n")).Code.Should().Be(ExitCode.Usage);

        Failure Failing(string file) => FluentActions.Invoking(() => Find(file)).Should().Throw<Failure>().Which;
    }

    [Fact]
    public void An_unreadable_default_file_is_skipped_with_a_warning()
    {
        Directory.CreateDirectory(Path.Combine(_folder, ".netrc")); // a folder cannot be read, not even by root

        Find(null, ("HF_TOKEN_PATH", "/nowhere/token"), ("HOME", _folder)).Should().BeNull();

        _warnings.Should().HaveCount(2);
        _warnings[0].Should().Contain("HF_TOKEN_PATH").And.Contain("/nowhere/token");
        _warnings[1].Should().Contain(".netrc");
    }

    [Theory]
    [InlineData("hf_a\nhf_b")]
    [InlineData("hf_a hf_b")]
    [InlineData("hf_a\0b")]
    [InlineData("hf_\u00e4")]
    public void An_invalid_token_is_rejected_without_being_shown(string text)
    {
        var failure = FluentActions.Invoking(() => Find(null, ("HF_TOKEN", text))).Should().Throw<Failure>().Which;

        failure.Code.Should().Be(ExitCode.Usage);
        failure.ToString().Should().Contain("HF_TOKEN").And.NotContain("hf_a").And.NotContain("hf_\u00e4");
    }

    [Fact]
    public void A_token_never_appears_in_text()
    {
        $"{Clients.Token("hf_secret")}".Should().Be("token from HF_TOKEN");
    }

    [Theory]
    [InlineData("machine h.example login a password one", "one")]
    [InlineData("machine other password x\nmachine h.example\n\tlogin a\n\tpassword one\n", "one")]
    [InlineData("machine H.EXAMPLE password one", "one")]
    [InlineData("default login a password one", null)]
    [InlineData("machine h.example password one default password two", "one")]
    [InlineData("default password one machine h.example password two", "two")]
    [InlineData("machine h.example login \"a b\" password \"o\\\"n e\"", "o\"n e")]
    [InlineData("# machine h.example password no\nmachine h.example password one", "one")]
    [InlineData("machine h.example # mine\n password one", "one")]
    [InlineData("macdef init\nmachine h.example password no\n\nmachine h.example password one", "one")]
    [InlineData(
        "machine a macdef init\nmachine h.example password no\n\nmachine h.example account x password one",
        "one"
    )]
    [InlineData("machine h.example login password password one", "one")]
    [InlineData("machine h.example login a", null)]
    [InlineData("machine sub.h.example password one", null)]
    [InlineData("password one", null)]
    [InlineData("machine", null)]
    [InlineData("machine h.example password", null)]
    [InlineData("machine h.example password \"open", "open")]
    [InlineData("", null)]
    public void A_netrc_file_is_read_as_other_programs_read_it(string text, string? password)
    {
        Netrc.Parse(text).EntryFor("h.example")?.Password.Should().Be(password);
    }

    private (string Value, string Source)? Find(string? file, params (string, string)[] variables)
    {
        var environment = Clients.Variables(variables);
        var scope = TokenScope.Of([], environment);
        return HubToken.Find(HubEndpoint.Default, scope, file, _warnings.Add, environment) is { } token
            ? (token.HeaderFor(HubEndpoint.Default.Address)!.Parameter!, token.Source)
            : null;
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }
}
