using Microsoft.AspNetCore.Http;

namespace Berth.LocalCluster.Api;

/// <summary>Where the output of containers is kept.</summary>
internal interface IPodLogs
{
    /// <summary>Answers a request for a pod's log with the parameters of the query, following it where asked.</summary>
    Task WriteAsync(StoredObject pod, Func<string, string?> query, HttpContext http, CancellationToken stopping);
}
