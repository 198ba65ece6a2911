using System.Text.Json;
using NixAiModels.Sources;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Sources;

/// <summary>What a definition of <c>source.url</c> may say, and the errors for the rest.</summary>
public sealed class UrlArgumentTests(NixFixture nix) : IClassFixture<NixFixture>
{
    private const string Hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

    private static readonly string[] Addresses =
    [
        "https://example.org/model.gguf",
        "https://example.org/a/mod%C3%A8le%20v1.gguf",
        "https://example.org/%F0%9F%A6%99.gguf",
        "https://example.org/model.gguf?download=true",
        "https://civitai.com/api/download/models/12345?type=Model&format=SafeTensor",
        "https://example.org/",
        "https://example.org",
        "https://example.org/LICENSE",
        "https://example.org/download",
        "https://example.org/a%2Fb.gguf",
        "https://example.org/a%zz.gguf",
        "https://example.org/a%ff.gguf",
        "https://example.org/a%00.gguf",
        "https://example.org/..",
        "https://example.org/.gguf",
        "https://example.org/Llama-3.2",
        "https://example.org/model.safetensors.index.json",
        "https://example.org/%E4%BD%A0%E5%A5%BD.gguf",
        "https://example.org/🦙.gguf",
        "https://example.org/a..gguf",
        "https://example.org/..gguf",
        $"https://example.org/{new string('n', 250)}.gguf",
        $"https://example.org/{new string('n', 251)}.gguf",
    ];

    public static TheoryData<string, string> Mistakes =>
        new()
        {
            { "url = \"https://h/x.gguf\";", "`source.url.hash` is missing" },
            { "url = \"https://h/x.gguf\"; sha256 = \"\";", "did you mean `source.url.hash`?" },
            { "url = \"https://h/x.gguf\"; hash = \"abc\";", "`source.url.hash = \"abc\"` is not a sha256 hash" },
            { "hash = \"HASH\";", "`source.url.url` is missing" },
            { "url = 7; hash = \"HASH\";", "must be a string, not a int" },
            { "urls = [ ]; hash = \"HASH\";", "`source.url.urls` must be a list of addresses" },
            { "url = \"https://h/x.gguf\"; urls = [ \"https://h/x.gguf\" ]; hash = \"HASH\";", "are both given" },
            { "url = \"file:///etc/passwd\"; hash = \"HASH\";", "is not an address of a file" },
            { "url = \"https://h/a b.gguf\"; hash = \"HASH\";", "is not an address of a file" },
            { "url = \"https://h/x.gguf#part\"; hash = \"HASH\";", "is not an address of a file" },
            { "url = \"https://user:pw@h/x.gguf\"; hash = \"HASH\";", "must not hold a user name or password" },
            {
                "url = \"https://b.s3.amazonaws.com/x.gguf?X-Amz-Signature=12\"; hash = \"HASH\";",
                "nix-prefetch-hf 'https://b.s3.amazonaws.com/x.gguf?…'"
            },
            { "url = \"https://h/x.gguf?Token=12\"; hash = \"HASH\";", "holds a credential (`token=…`)" },
            { "url = \"https://h/x.gguf?a=1&sig=12\"; hash = \"HASH\";", "holds a credential (`sig=…`)" },
            {
                "url = \"https://civitai.com/api/download/models/12345?type=Model\"; hash = \"HASH\";",
                "https://civitai.com/api/download/models/12345 does not tell the file's name"
            },
            { "url = \"https://h/x.gguf\"; name = \"../x\"; hash = \"HASH\";", "must be the file's path in the model" },
            { "url = \"https://h/x.gguf\"; size = \"big\"; hash = \"HASH\";", "must be a number of bytes" },
            {
                "files = [ { url = \"https://h/x.gguf\"; hash = \"HASH\"; } "
                    + "{ url = \"https://g/x.gguf\"; hash = \"HASH\"; } ];",
                "two files have the path `x.gguf`"
            },
            {
                "files = [ { url = \"https://h/x.gguf\"; hash = \"HASH\"; } "
                    + "{ url = \"https://h/y.gguf\"; name = \"x.gguf/y\"; hash = \"HASH\"; } ];",
                "`x.gguf/y` is below another file"
            },
            { "files = [ { url = \"https://h/x.gguf\"; } ];", "`source.url.files[0].hash` is missing" },
            { "files = [ { url = \"https://h/x.gguf\"; hash = \"HASH\"; } ]; hash = \"HASH\";", "are both given" },
            {
                "url = \"https://h/x.gguf\"; hash = \"HASH\"; }; hash = \"HASH\"; validation = {",
                "`hash` belongs to each file of `source.url`"
            },
            {
                "url = \"https://h/x.gguf\"; hash = \"HASH\"; }; source.huggingface = { repo = \"a/b\";",
                "`source` has both `huggingface` and `url`"
            },
            {
                "url = \"https://h/hf_abcdefghijklmnopqrstuvwxyzABCDEFGH.gguf\"; hash = \"HASH\";",
                "holds a token (hf_…)"
            },
            {
                "url = \"https://h/x.gguf\"; hash = \"HASH\"; }; validation = { preset = \"strict\"; "
                    + "validators = [ { name = \"requiredFiles\"; files = [ \"config.json\" ]; } ];",
                "next: select it"
            },
        };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_says_where_and_what_to_do(string definition, string message)
    {
        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "--eval",
            "-E",
            Model(definition.Replace("HASH", Hash, StringComparison.Ordinal)) + ".drvPath"
        );

        outcome.ExitCode.Should().NotBe(0);
        outcome.Errors.Should().Contain(message).And.Contain("next: ");
        outcome.Errors.Should().NotContain("user:pw");
    }

    [Fact]
    public async Task Nix_and_the_executable_read_the_same_name_from_an_address()
    {
        var list = string.Concat(Addresses.Select(address => $"\"{address}\" "));
        var names = JsonSerializer.Deserialize<string?[]>(
            await nix.EvaluateAsync(
                NixVersion.Old,
                $$"""
                map
                  (url: (import {{Executable.Root}}/nixlib/webAddress.nix { where = "x"; prefix = ""; } url).name)
                  [ {{list}}]
                """
            )
        );

        names.Should().Equal(Addresses.Select(address => WebAddress.Parse(address).Name));
        names.Should().Contain("modèle v1.gguf").And.Contain("🦙.gguf").And.Contain("LICENSE");
    }

    [Theory]
    [InlineData("Token")]
    [InlineData("%74oken")]
    [InlineData("hf_token")]
    [InlineData("a=1&X-Plex-Token")]
    [InlineData("a=1;clientSecret")]
    [InlineData("a=1&amp;sig")]
    [InlineData("a=1&x%2Damz%2dsignature")]
    public async Task A_credential_is_found_however_its_word_is_written(string word)
    {
        var address = $"https://h/x.gguf?{word}=12";

        WebAddress.Parse(address).HasCredential.Should().BeTrue();
        WebAddress.Parse("https://h/x.gguf?tokenizer=1&design=2&type=Model").HasCredential.Should().BeFalse();
        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "--eval",
            "-E",
            Model($"url = \"{address}\"; hash = \"{Hash}\";") + ".drvPath"
        );
        outcome.Errors.Should().Contain("holds a credential");
    }

    [Theory]
    [InlineData("https:/user:geheim@h/x.gguf")]
    [InlineData(@"https:\\user:geheim@h\x.gguf")]
    [InlineData("https://user:p/geheim@h/x.gguf")]
    [InlineData("https://user:p?geheim@h/x.gguf")]
    [InlineData("https://user:p#geheim@h/x.gguf")]
    [InlineData("https://user:geheim@h:99999/x.gguf")]
    [InlineData("https://h:port/x.gguf?token=geheim")]
    [InlineData("https://h/a b.gguf?token=geheim")]
    [InlineData("https://h/a b.gguf#geheim")]
    [InlineData("ftp://user:geheim@h/x.gguf")]
    [InlineData("file:///x?token=geheim")]
    [InlineData("user:geheim@h/x.gguf")]
    [InlineData("x.gguf=https:/user:geheim@h/x.gguf")]
    [InlineData("ollama:http://user:geheim@h/a/b:c")]
    [InlineData("oci+https://user:geheim@h/v2/a/b/blobs/sha256:0")]
    public async Task A_password_in_a_mistyped_address_is_not_repeated(string address)
    {
        var outcome = await Executable.RunAsync(Executable.Prefetch, [address, "--no-store"]);

        outcome.ExitCode.Should().Be(2, outcome.Errors);
        (outcome.Output + outcome.Errors).Should().NotContain("geheim");
    }

    [Fact]
    public void A_scheme_is_written_in_small_letters() =>
        WebAddress.Parse("HTTPS://Example.org/X.gguf").Text.Should().Be("https://Example.org/X.gguf");

    [Theory]
    [InlineData("https://github.com/o/r/releases/download/v1/x.gguf", true)]
    [InlineData("https://github.com/o/r/raw/main/x.onnx", true)]
    [InlineData("https://civitai.com/api/download/models/12345", true)]
    [InlineData("https://bucket.s3.amazonaws.com/x.gguf?X-Amz-Signature=1", true)]
    [InlineData("http://127.0.0.1:9000/models/x.gguf", true)]
    [InlineData("https://huggingface.co/org/name/resolve/main/x.gguf", false)]
    [InlineData("https://hf.co/org/name", false)]
    [InlineData("https://hub.example.org/org/name", false)]
    [InlineData("https://hub.example.org/org/Llama-3.2-1B", false)]
    [InlineData("https://hub.example.org/org/name/resolve/main/x.gguf", false)]
    [InlineData("https://hub.example.org/datasets/org/name", false)]
    [InlineData("org/name", false)]
    [InlineData("hf://org/name", false)]
    public void The_page_of_a_hub_is_no_file_of_the_web(string word, bool isPlain) =>
        PlainAddress.Is(word, endpoint: null).Should().Be(isPlain);

    [Fact]
    public async Task The_build_sees_no_token_of_the_Hub()
    {
        var variables = await nix.EvaluateAsync(
            NixVersion.Current,
            $"(builtins.head ({Model($"url = \"https://h/x.gguf\"; hash = \"{Hash}\";")}).downloads)"
                + ".drvAttrs.impureEnvVars"
        );

        variables.Should().Contain("NETRC").And.Contain("https_proxy").And.NotContain("HF_TOKEN");
    }

    private static string Model(string definition) =>
        $$"""(({{NixFixture.Offline}}).fetchModel { name = "m"; source.url = { {{definition}} }; })""";
}
