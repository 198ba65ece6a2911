using System.Text.Json;

namespace NixAiModels.TestHub;

/// <summary>The faults and the record, for tests to change and read while the hub runs. Its own requests are not
/// recorded.</summary>
internal sealed class ControlOrigin(FaultPlan plan, RequestLog log)
{
    /// <summary>Returns false if the path is not one of these.</summary>
    public async Task<bool> HandleAsync(HttpContext http, string path)
    {
        switch (http.Request.Method, path)
        {
            case ("POST", "/_faults"):
                using (var body = new StreamReader(http.Request.Body))
                    await AddAsync(http, await body.ReadToEndAsync());
                return true;
            case ("DELETE", "/_faults"):
                plan.Clear(Repository(http));
                return true;
            case ("GET", "/_record"):
                await http.Response.WriteAsJsonAsync(log.Of(Repository(http)), RequestLog.Json);
                return true;
            case ("DELETE", "/_record"):
                log.Clear(Repository(http));
                return true;
            default:
                return false;
        }
    }

    private static string? Repository(HttpContext http) => http.Request.Query["repo"].FirstOrDefault();

    /// <summary>One fault, or an array of them.</summary>
    private async Task AddAsync(HttpContext http, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            foreach (var fault in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToArray() : [root])
                plan.Add(Fault.Parse(fault.GetRawText()));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            http.Response.StatusCode = 400;
            await http.Response.WriteAsync(e.Message + "\n");
        }
    }
}
