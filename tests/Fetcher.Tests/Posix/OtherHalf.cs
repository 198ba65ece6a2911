using System.Runtime.CompilerServices;
using NixAiModels.Posix;

namespace NixAiModels.Tests.Posix;

/// <summary>With <c>NIX_AI_MODELS_OTHER_HALF</c> set, the tests make no call that only Linux has. tests/run runs those
/// of the file system a second time so.</summary>
internal static class OtherHalf
{
    [ModuleInitializer]
    internal static void Choose()
    {
        if (Environment.GetEnvironmentVariable("NIX_AI_MODELS_OTHER_HALF") is not null)
            LinuxCalls.AreUsed = false;
    }
}
