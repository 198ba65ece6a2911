using NixAiModels.Terminal;
using NixAiModels.Validation.Checks;

namespace NixAiModels.Validation;

/// <summary>Runs the validators of a plan on a model.</summary>
public static class ValidationRun
{
    /// <summary>Checks a model's folder.</summary>
    /// <param name="root">The folder, or one file.</param>
    /// <param name="plan">What to check; <see cref="Presets.All"/> or <see cref="ValidationPlan.FromJson"/>.</param>
    /// <param name="known">What is known of files already, by path (a lock file's hashes, which Nix has checked): they
    /// are not hashed again.</param>
    /// <param name="hashed">Whether the report has the hashes of all files, which takes reading them.</param>
    /// <param name="repository">The repository that the folder is of, which a signature must name; empty accepts
    /// any.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>The report; <see cref="Report.ThrowIfRefused"/> makes an error of a refusal.</returns>
    /// <exception cref="Failure">The plan has a validator that does not exist or lacks what it needs (exit 2), or the
    /// folder is not there (exit 7).</exception>
    public static Report Execute(
        string root,
        ValidationPlan plan,
        IReadOnlyDictionary<string, FileFacts>? known = null,
        bool hashed = true,
        string repository = "",
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(plan);
        using var step = Heartbeat.Step($"validating {root}");
        var tree = ModelTree.Read(root);
        var digests = new FileDigests(tree, known);
        if (!plan.Enable)
            return new Report([], digests.All());
        // All of them are made before any runs: a plan that is wrong fails at once.
        var validators = plan
            .Validators.Select(spec =>
                (Filled(spec, plan), Validator: ValidatorCatalog.Create(spec, root, digests, repository))
            )
            .ToList();
        var results = validators.Select(pair => RunOne(pair.Item1, pair.Validator, tree, cancellation)).ToList();
        if (hashed && !plan.Validators.Any(spec => spec.Name == IntegrityValidator.Name))
            digests.Compute(cancellation);
        return new Report(results, digests.All());
    }

    private static ValidatorSpec Filled(ValidatorSpec spec, ValidationPlan plan) =>
        spec with
        {
            OnFailure = spec.OnFailure ?? plan.OnFailure,
            Timeout = spec.Timeout ?? plan.Timeout,
            Refuse = spec.Refuse ?? Severity.Suspicious,
        };

    private static ValidatorResult RunOne(
        ValidatorSpec spec,
        IValidator validator,
        ModelTree tree,
        CancellationToken cancellation
    )
    {
        var findings = new FindingList(spec.Name);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(TimeSpan.FromSeconds(spec.Timeout!.Value));
        // The wait, not the work, is bounded: a scanner that ignores its token is abandoned, and the verdict
        // does not wait for it.
        var work = Task.Factory.StartNew(
            () => validator.Run(tree, findings, time.Token),
            time.Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        try
        {
            work.Wait(time.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or AggregateException)
        {
            cancellation.ThrowIfCancellationRequested();
            AddUnfinished(spec, error, findings);
        }

        var result = new ValidatorResult(spec, ValidatorStatus.Passed, findings.Sorted());
        if (!result.Findings.Any(result.Refuses))
            return result;
        result = result with
        {
            Status = spec.OnFailure switch
            {
                OnFailure.Warn => ValidatorStatus.Warned,
                OnFailure.Skip => ValidatorStatus.Skipped,
                _ => ValidatorStatus.Refused,
            },
        };
        if (result.Status == ValidatorStatus.Warned)
        {
            foreach (var finding in result.Findings.Where(result.Refuses))
                Log.Warning(TextReport.Line(finding));
        }

        return result;
    }

    private static void AddUnfinished(ValidatorSpec spec, Exception error, FindingList findings)
    {
        var cause = (error as AggregateException)
            ?.Flatten()
            .InnerExceptions.FirstOrDefault(inner => inner is not OperationCanceledException);
        if (cause is Failure failure)
            throw failure;
        var message = cause is null
            ? $"timed out after {spec.Timeout} seconds"
            : $"failed with an unexpected error ({cause.GetType().Name})";
        findings.Add(
            Severity.Suspicious,
            string.Empty,
            null,
            $"{spec.Name} {message}",
            "An unfinished check cannot vouch for the model.",
            cause is null
                ? "Raise validation.timeout, or the timeout of this validator."
                : "Please report this as a bug of nix-ai-models, with the model's name."
        );
    }
}
