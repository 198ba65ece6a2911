using System.CommandLine;
using NixAiModels.Commands;

namespace NixAiModels.Tests.Commands;

/// <summary>What is wrong with a command line, before anything is asked or downloaded.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("org/name --revison x", "unknown option --revison; did you mean --revision?")]
    [InlineData("org/name --dryrun", "unknown option --dryrun; did you mean --dry-run?")]
    [InlineData("org/name --dryrun=yes", "unknown option --dryrun; did you mean --dry-run?")]
    [InlineData("org/name --frobnicate", "unknown option --frobnicate")]
    [InlineData("org/name --max-workers 8", "unknown option --max-workers")]
    [InlineData("org/name --token hf_x", "unknown option --token")]
    [InlineData("lock fetch --dry-run", "unknown option --dry-run")]
    [InlineData("lock update --rev main", "unknown option --rev")]
    [InlineData("lock update x --dryrun", "unknown option --dryrun; did you mean --dry-run?")]
    [InlineData("lock add org/name --no-store", "unknown option --no-store")]
    [InlineData("lock udpate", "unknown command 'udpate'; did you mean update?")]
    [InlineData("lock", "no command given")]
    [InlineData("lock rename old", "NEW is missing")]
    [InlineData("lock remove", "NAME is missing")]
    [InlineData("lock sign", "--key-file is missing")]
    [InlineData("org/name --rev", "--rev needs a value")]
    [InlineData("org/name --rev --format sri", "--rev needs a value")]
    [InlineData("org/name --name -x", "--name needs a value, and '-x' looks like an option")]
    [InlineData("org/name --rev a --rev b", "--rev was given twice")]
    [InlineData("org/name --type modle", "invalid --type 'modle': use model, dataset, space or kernel")]
    [InlineData("org/name --format xml", "invalid --format 'xml': use nix, module, json or sri")]
    [InlineData("org/name --connections abc", "invalid number of connections 'abc': use 1 to 256")]
    public void A_wrong_command_line_of_nix_prefetch_hf_is_one_line_and_a_next_step(string arguments, string message) =>
        RequireFailure(CommandTree.Prefetch, arguments, message);

    [Theory]
    [InlineData("", "no command given")]
    [InlineData("valdate .", "unknown command 'valdate'; did you mean validate?")]
    [InlineData("validate", "PATH is missing")]
    [InlineData("validate a b", "unexpected argument 'b'")]
    [InlineData("validate . --preset none-such", "invalid --preset 'none-such'")]
    [InlineData("sync", "--manifest is missing")]
    [InlineData("verify . --dryrun", "unknown option --dryrun")]
    [InlineData("completion ksh", "invalid SHELL 'ksh': use bash, zsh or fish")]
    [InlineData("prefetch lock show --jsn", "unknown option --jsn; did you mean --json?")]
    public void A_wrong_command_line_of_nix_ai_models_is_one_line_and_a_next_step(string arguments, string message) =>
        RequireFailure(CommandTree.Fetcher, arguments, message);

    [Theory]
    [InlineData("org/name --revision v1 --repo-type dataset --local-dir here --json -q")]
    [InlineData("org/name --exclude=-x --include *.json")]
    [InlineData("lock add org/name --lock-file other.json")]
    [InlineData("lock --lock-file other.json show")]
    [InlineData("--help")]
    [InlineData("lock add --help")]
    [InlineData("--version")]
    [InlineData("[suggest:3] nix-prefetch-hf --rev")]
    public void Names_of_hf_and_values_with_a_dash_are_understood(string arguments) =>
        FluentActions.Invoking(() => Parse(CommandTree.Prefetch, arguments)).Should().NotThrow();

    [Theory]
    [InlineData("org/name --no-store --add-root x", "--add-root has no meaning with --no-store")]
    [InlineData("org/name --no-store --stream", "--stream has no meaning with --no-store")]
    [InlineData("org/name --dry-run --add-root x", "--add-root has no meaning with --dry-run")]
    [InlineData("org/name --dry-run --format sri", "--format has no meaning with --dry-run")]
    [InlineData("org/name --json --format sri", "--format has no meaning with --json")]
    [InlineData("org/name --file a --flat --include b", "--include has no meaning with --flat")]
    [InlineData("org/name --file a --flat --format module", "--flat has no meaning with --format module")]
    [InlineData("org/name --flat", "--flat needs exactly one --file")]
    [InlineData("org/name --name=-x --no-store", "invalid name '-x'")]
    [InlineData("org/name other/name", "2 repositories given")]
    [InlineData("", "no repository given")]
    [InlineData("lock add org/name --name=-x", "invalid name '-x'")]
    [InlineData("lock add org/name --file models.lock.json", "'models.lock.json' looks like a lock file")]
    public async Task What_means_nothing_is_refused_before_the_hub_is_asked(string arguments, string message)
    {
        var failure = await FluentActions
            .Awaiting(() =>
                Parse(CommandTree.Prefetch, arguments + " --endpoint http://127.0.0.1:1")
                    .InvokeAsync(
                        new InvocationConfiguration { EnableDefaultExceptionHandler = false },
                        TestContext.Current.CancellationToken
                    )
            )
            .Should()
            .ThrowAsync<Failure>();

        failure.Which.Code.Should().Be(ExitCode.Usage);
        failure.Which.Message.Should().Contain(message);
        failure.Which.Next.Should().NotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("", "nix-prefetch-hf ORG/NAME ")]
    [InlineData("lock add", "nix-prefetch-hf lock add ORG/NAME ")]
    public async Task A_missing_repository_is_asked_for_by_the_same_command(string arguments, string next)
    {
        var failure = await FluentActions
            .Awaiting(() =>
                Parse(CommandTree.Prefetch, arguments)
                    .InvokeAsync(
                        new InvocationConfiguration { EnableDefaultExceptionHandler = false },
                        TestContext.Current.CancellationToken
                    )
            )
            .Should()
            .ThrowAsync<Failure>();

        failure.Which.Next.Should().StartWith(next);
    }

    [Theory]
    [InlineData(CommandTree.Prefetch, "")]
    [InlineData(CommandTree.Prefetch, "lock")]
    [InlineData(CommandTree.Prefetch, "lock add")]
    [InlineData(CommandTree.Fetcher, "")]
    [InlineData(CommandTree.Fetcher, "validate")]
    public async Task Help_fits_80_columns_and_names_no_builder(string name, string command)
    {
        var output = new StringWriter();
        await Parse(name, command + " --help")
            .InvokeAsync(new InvocationConfiguration { Output = output }, TestContext.Current.CancellationToken);

        output.ToString().Split('\n').Should().OnlyContain(line => line.Length <= 80);
        output.ToString().Should().NotContain("Run by Nix").And.NotContain("Builder");
    }

    [Theory]
    [InlineData(CommandTree.Prefetch, ".TH NIX-PREFETCH-HF 1", "\\-\\-lock\\-file FILE", "lock sign [NAME…] [options]")]
    [InlineData(CommandTree.Fetcher, ".TH NIX-AI-MODELS 1", "\\-\\-manifest FILE", "validate PATH [options]")]
    public void A_manual_page_has_every_command_and_option(string name, params string[] expected)
    {
        var page = ManPage.Of(name, CommandTree.Of(name));

        foreach (var text in expected)
            page.ReplaceLineEndings(" ").Should().Contain(text);
        page.Should().NotContain("Run by Nix");
    }

    private static void RequireFailure(string name, string arguments, string message)
    {
        var failure = FluentActions.Invoking(() => Parse(name, arguments)).Should().Throw<Failure>().Which;

        failure.Code.Should().Be(ExitCode.Usage);
        failure.Message.Should().StartWith(message).And.NotContain("\n");
        failure.Next.Should().NotBeNullOrEmpty();
    }

    private static ParseResult Parse(string name, string arguments) =>
        CommandLine.Parse(
            CommandTree.Of(name),
            name,
            arguments.StartsWith('[')
                ? arguments.Split(' ', 2)
                : arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );
}
