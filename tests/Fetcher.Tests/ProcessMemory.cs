namespace NixAiModels.Tests;

/// <summary>The tests that measure the memory of the whole process: nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class ProcessMemory
{
    public const string Name = "the memory of the process";
}
