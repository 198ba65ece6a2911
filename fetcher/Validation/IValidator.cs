namespace NixAiModels.Validation;

/// <summary>One check of a whole model.</summary>
internal interface IValidator
{
    /// <summary>Looks at the model and says what it finds.</summary>
    /// <param name="tree">The model's files.</param>
    /// <param name="findings">Where findings go.</param>
    /// <param name="cancellation">Set when its time is over.</param>
    void Run(ModelTree tree, FindingList findings, CancellationToken cancellation);
}
