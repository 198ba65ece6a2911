namespace NixAiModels.Validation;

/// <summary>One check of a whole model.</summary>
internal interface IValidator
{
    /// <summary>Checks the model and adds its findings.</summary>
    /// <param name="tree">The model's files.</param>
    /// <param name="findings">Takes the findings.</param>
    /// <param name="cancellation">Set when the timeout is over.</param>
    void Run(ModelTree tree, FindingList findings, CancellationToken cancellation);
}
