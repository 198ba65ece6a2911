namespace NixAiModels.TestHub;

/// <summary>Faults that act before the response.</summary>
internal static class RequestFaults
{
    /// <summary>Waits, answers or revokes as the faults require; true if the request is answered.</summary>
    public static async Task<bool> AnsweredAsync(Exchange exchange, Action revoke)
    {
        foreach (var fault in exchange.Faults(FaultStage.Request))
        {
            switch (fault.Kind)
            {
                case "latency":
                    await Task.Delay(fault.Ms, exchange.Aborted);
                    break;
                case "expired":
                    revoke();
                    break;
                case "error-page":
                    await exchange.TextAsync(
                        200,
                        "<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>",
                        "text/html; charset=utf-8"
                    );
                    return true;
                case "status":
                    foreach (var (name, value) in fault.Headers ?? [])
                        exchange.Response.Headers[name] = value;
                    // No body may follow 204 and 304.
                    if (fault.Status is 204 or 304)
                        exchange.Start(fault.Status);
                    else
                        await exchange.TextAsync(fault.Status, $"fault: {fault.Status}\n");
                    return true;
            }
        }

        return false;
    }
}
