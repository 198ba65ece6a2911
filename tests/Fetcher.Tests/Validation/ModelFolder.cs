using System.Text;
using NixAiModels.Validation;

namespace NixAiModels.Tests.Validation;

/// <summary>A model's folder on disk, made for one test.</summary>
internal sealed class ModelFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("model-").FullName;

    public ModelFolder With(string path, string content) => With(path, Encoding.UTF8.GetBytes(content));

    public ModelFolder With(string path, byte[] content)
    {
        var full = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
        return this;
    }

    public ModelFolder WithLink(string path, string target)
    {
        File.CreateSymbolicLink(System.IO.Path.Combine(Path, path), target);
        return this;
    }

    public Report Validate(string preset = Presets.Default) => Validate(Presets.All[preset]);

    public Report Validate(ValidationPlan plan) =>
        ValidationRun.Execute(Path, plan, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Runs one validator alone.</summary>
    public Report Run(ValidatorSpec spec) => Validate(new ValidationPlan { Validators = [spec] });

    public Report Run(string validator) => Run(new ValidatorSpec { Name = validator });

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal static class ReportFindings
{
    public static IEnumerable<Finding> Findings(this Report report) =>
        report.Validators.SelectMany(result => result.Findings);

    /// <summary>The findings that are more than a note.</summary>
    public static IEnumerable<string> Messages(this Report report) =>
        report.Findings().Where(finding => finding.Severity > Severity.Note).Select(finding => finding.Message);

    public static string Json(this Report report)
    {
        using var json = new MemoryStream();
        report.WriteJson(json);
        return Encoding.UTF8.GetString(json.ToArray());
    }
}
