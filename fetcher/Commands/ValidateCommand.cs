using System.CommandLine;
using System.Text;
using NixAiModels.Validation;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models validate</c>: scan a model's folder.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A model's folder, or one of its files." };
        var preset = new Option<string>("--preset")
        {
            Description = "What to check (docs/validation.md).",
            DefaultValueFactory = _ => Presets.Default,
        }.OneOf([.. Presets.All.Keys]);
        var format = new Option<string>("--format")
        {
            Description =
                "text: for people; html: a page to read and send on; json: the report; sarif: for code scanning.",
            DefaultValueFactory = _ => "text",
        }.OneOf("text", "html", "json", "sarif");
        var keys = new Option<string[]>("--trusted-public-keys")
        {
            Description = "Public keys (name:base64), one of which must have signed the model.",
            AllowMultipleArgumentsPerToken = true,
        };
        var allow = new Option<string[]>("--allow")
        {
            Description = "Names that pickles may use beside the known ones: module.Class, or module.*.",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        };
        var repo = new Option<string?>("--repo")
        {
            Description = "The repository that the signature must be for; any unless given.",
            HelpName = "ORG/NAME",
        };
        var only = new Option<string[]>("--only")
        {
            Description = "Run this validator alone, and hash nothing; may be repeated.",
            HelpName = "NAME",
        };
        var command = new Command(
            "validate",
            "Scan a model: structure, pickles, disguised files, code that it brings along. Exit 8 if it is refused."
        )
        {
            path,
            preset,
            only,
            format,
            keys,
            repo,
            allow,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                var plan = Presets.All[parsed.GetRequiredValue(preset)];
                if (parsed.GetValue(keys) is { Length: > 0 } trusted)
                {
                    plan = plan.With(new ValidatorSpec { Name = "signature", TrustedPublicKeys = trusted }) with
                    {
                        Enable = true,
                    };
                }

                if (parsed.GetValue(allow) is { Length: > 0 } names)
                    plan = plan.Allowing(names);
                var alone = parsed.GetValue(only) ?? [];
                if (alone.Length > 0)
                    plan = plan.Only(alone);
                var report = ValidationRun.Execute(
                    parsed.GetRequiredValue(path),
                    plan,
                    hashed: alone.Length == 0,
                    repository: SignCommand.AddressOf(parsed.GetValue(repo)),
                    cancellation: cancellation
                );
                Write(report, parsed.GetRequiredValue(format), parsed.GetRequiredValue(path));
                return Task.FromResult((int)(report.Verdict == Verdict.Refused ? ExitCode.Validation : ExitCode.Done));
            }
        );
        return command;
    }

    private static void Write(Report report, string format, string path)
    {
        using var output = Console.OpenStandardOutput();
        if (format == "json")
            report.WriteJson(output);
        else if (format == "sarif")
            Sarif.Write(report, output);
        else if (format == "html")
            output.Write(Encoding.UTF8.GetBytes(HtmlReport.Of(report, path)));
        else
            Console.Out.Write(TextReport.Of(report));
    }
}
