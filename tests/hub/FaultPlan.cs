using System.Collections.Immutable;

namespace NixAiModels.TestHub;

/// <summary>The faults of the whole hub, from the command line and set at run time.</summary>
internal sealed class FaultPlan(IEnumerable<Fault> faults)
{
    private ImmutableList<Fault> _faults = [.. faults];

    public void Add(Fault fault) => ImmutableInterlocked.Update(ref _faults, (all, added) => all.Add(added), fault);

    /// <summary>Removes the faults of one repository, or all.</summary>
    public void Clear(string? repository) =>
        ImmutableInterlocked.Update(
            ref _faults,
            (all, gone) => gone is null ? [] : all.RemoveAll(fault => fault.Repo == gone),
            repository
        );

    public IEnumerable<Fault> All => _faults;
}
