using System.Buffers;
using Berth.Dispatcher.Connections;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Metrics;
using Berth.Dispatcher.Routes;
using Berth.Dispatcher.State;
using Berth.Pods;
using Microsoft.AspNetCore.Http;

namespace Berth.Dispatcher.Server;

/// <summary>
/// Answers the plain <c>GET /</c>, with the same counts and durations as other requests. Kestrel and the application answer requests that
/// are refused, limited, too late or traced.
/// </summary>
internal sealed class PlainAnswers(DispatcherState state, RequestDurations durations) : IPlainAnswers
{
    private readonly RootAnswer _root = new(state);
    private readonly PlainResponse _response = new(state.Time);

    /// <inheritdoc/>
    public bool TryAnswer(ReadOnlySpan<byte> received, IBufferWriter<byte> output, bool isTls, out bool close)
    {
        if (!PlainRequest.Is(received, out close) || RequestActivity.IsWanted)
            return false;
        long started = durations.Now;
        if (Pick() is not { } endpoint)
            return false;
        // Not the bytes that the endpoint would keep: of 100,000 endpoints each would keep some after a while.
        Span<byte> body = stackalloc byte[PodAuthority.MaxLength];
        body = body[..PodAuthority.Format(endpoint.Address, endpoint.Port, body)];
        _response.Write(output, body, endpoint.HostAuthority, close);
        durations.Add(Route.Root, HttpMethods.Get, isTls ? "https" : "http", 200, started);
        return true;
    }

    private PodEndpoint? Pick()
    {
        try
        {
            return _root.PickPlain();
        }
        catch (Exception)
        {
            // A picker of the caller failed. The application calls it again, answers with 500 and logs the reason.
            return null;
        }
    }
}
