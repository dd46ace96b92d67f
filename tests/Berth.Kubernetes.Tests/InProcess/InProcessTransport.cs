namespace Berth.Kubernetes.InProcess;

/// <summary>
/// In place of connections: hands each request to a function. Nothing in it changes threads, so what a test does is done when the call
/// returns.
/// </summary>
internal sealed class InProcessTransport(Func<InProcessRequest, CancellationToken, Task<HttpResponseMessage>> serve) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        serve(
            new InProcessRequest(request.RequestUri!, request.Headers.Accept.First().MediaType == ProtobufWire.ContentType),
            cancellationToken);
}
