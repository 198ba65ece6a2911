using System.Text;
using NixAiModels.Validation.Pickle;

namespace NixAiModels.Validation;

/// <summary>A report for people.</summary>
internal static class TextReport
{
    private const int MaxInRefusal = 20;

    /// <summary>The whole report: each finding with file, place, why it matters and what to do.</summary>
    public static string Of(Report report)
    {
        var text = new StringBuilder();
        foreach (var result in report.Validators)
        {
            foreach (var finding in result.Findings)
            {
                text.Append(Label(result, finding).PadRight(11)).Append(Line(finding)).Append('\n');
                if (finding.Severity == Severity.Note)
                    continue;
                text.Append("           why: ").Append(finding.Why).Append('\n');
                text.Append("           do:  ").Append(finding.Fix).Append('\n');
            }
        }

        var findings = report.Validators.SelectMany(result => result.Findings).ToList();
        if (Allow(report) is { } allow)
        {
            var lines = allow.Replace("\n", "\n           ", StringComparison.Ordinal);
            text.Append("allow      ").Append(lines).Append('\n');
        }

        text.Append(
            report.Verdict switch
            {
                Verdict.Refused => "refused",
                Verdict.Warned => "accepted with warnings",
                _ => "accepted",
            }
        );
        return text.Append(
                $": {report.Files.Count} files, {report.Files.Sum(file => file.Size)} bytes, "
                    + $"{report.Validators.Count} validators, "
                    + $"{findings.Count(finding => finding.Severity > Severity.Note)} findings\n"
            )
            .ToString();
    }

    /// <summary>The error that a refused model ends with.</summary>
    public static Failure ToFailure(Report report)
    {
        var grave = Grave(report);
        var text = new StringBuilder("the model is refused:");
        foreach (var finding in grave.Take(MaxInRefusal))
            text.Append("\n  ").Append(Line(finding)).Append("\n    why: ").Append(finding.Why);
        if (grave.Count > MaxInRefusal)
            text.Append($"\n  and {grave.Count - MaxInRefusal} more");
        return new Failure(ExitCode.Validation, text.ToString(), Next(grave));
    }

    /// <summary>A finding in one line.</summary>
    public static string Line(Finding finding)
    {
        var file = finding.File.Length == 0 ? string.Empty : Printable.Escape(finding.File, int.MaxValue);
        var where =
            finding.Place is null ? file
            : file.Length == 0 ? finding.Place
            : $"{file} ({finding.Place})";
        return where.Length == 0
            ? $"{finding.Message} [{finding.Validator}]"
            : $"{where}: {finding.Message} [{finding.Validator}]";
    }

    /// <summary>The option that lets a refused model pass, where names in pickles alone stand in the way.</summary>
    public static string? Allow(Report report) => Allow(Grave(report));

    /// <summary>What a finding does to the model: refused, warning, reported, or note.</summary>
    public static string Label(ValidatorResult result, Finding finding) =>
        !result.Refuses(finding) ? (finding.Severity == Severity.Note ? "note" : "reported")
        : result.Status == ValidatorStatus.Refused ? "refused"
        : "warning";

    private static List<Finding> Grave(Report report) =>
        [
            .. report
                .Validators.Where(result => result.Status == ValidatorStatus.Refused)
                .SelectMany(result => result.Findings.Where(result.Refuses)),
        ];

    private static string? Allow(List<Finding> grave)
    {
        var ofPickles = grave.Where(finding => finding.Validator == PickleScanner.Validator).ToList();
        if (ofPickles.Count == 0 || ofPickles.Exists(finding => finding.Allowable is null))
            return null;
        var names = ofPickles.Select(finding => $"\"{finding.Allowable}\"").Distinct().Order(StringComparer.Ordinal);
        return "if you trust the authors of these classes, allow them:\n"
            + $"  validation.validators = [ (validators.pickleScan // {{ allow = [ {string.Join(' ', names)} ]; }}) ];";
    }

    private static string Next(List<Finding> grave)
    {
        var fix = grave.Count > 0 ? grave[0].Fix + "\n" : string.Empty;
        var allow = Allow(grave) is { } option ? option + "\n" : string.Empty;
        return fix
            + allow
            + "to relax a check, see validation.validators and onFailure = \"warn\" in docs/validation.md";
    }
}
