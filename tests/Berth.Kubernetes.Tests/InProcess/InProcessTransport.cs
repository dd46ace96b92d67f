namespace Berth.Kubernetes.InProcess;

/// <summary>
/// Replaces connections: it gives each request to a function. Nothing changes threads here, so the effect of a test's call is complete when
/// the call returns.
/// </summary>
internal sealed class InProcessTransport(Func<InProcessRequest, CancellationToken, Task<HttpResponseMessage>> serve) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        serve(
            new InProcessRequest(request.RequestUri!, request.Headers.Accept.First().MediaType == ProtobufWire.ContentType),
            cancellationToken);
}
