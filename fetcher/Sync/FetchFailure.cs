using NixAiModels.Hub;
using NixAiModels.Store;
using NixAiModels.Transfer;

namespace NixAiModels.Sync;

/// <summary>The failure to fetch a model, as the service that may retry it needs it.</summary>
internal static class FetchFailure
{
    /// <summary>Bytes that are not those of the hub's listing become exit code 5: a captive portal or a proxy sends
    /// such bytes, and the next try may get the right ones. Files that are not the pinned ones stay exit code 6, with
    /// the command that computes their hash.</summary>
    /// <param name="failure">The failure of a download or of a build.</param>
    /// <param name="source">What was fetched; <see langword="null"/> for a locked model.</param>
    internal static Failure Of(Failure failure, ModelSource? source)
    {
        var isOfTheNetwork = failure is ContentMismatch or HubFailure or { InnerException: TransferFault };
        if (failure.Code == ExitCode.Integrity && isOfTheNetwork)
            return new Failure(ExitCode.Network, failure.Message, failure.Next, failure);
        return failure is BuildMismatch && source is not null
            ? new Failure(failure.Code, failure.Message, source.PrefetchAdvice, failure)
            : failure;
    }
}
