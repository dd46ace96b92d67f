using System.IO.Pipelines;
using Berth.Dispatcher.Connections;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Metrics;
using Berth.Dispatcher.Routes;
using Berth.Dispatcher.State;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Berth.Dispatcher.Server;

/// <summary>
/// Answers the plain <c>GET /</c> from the transport. Most clients come once, with one question, and creating Kestrel's HTTP side for them
/// costs more than the answer. What is refused, limited, too late or traced stays Kestrel's and the application's.
/// </summary>
internal sealed class PlainRequests(DispatcherState state, RequestDurations durations, TimeSpan keepAlive) : IPlainRequests
{
    // Kestrel's default for an answer that a client does not take: 240 bytes a second, after 5 s.
    private static readonly TimeSpan s_sending = TimeSpan.FromSeconds(6);

    private readonly RootAnswer _root = new(state);
    private readonly PlainResponse _response = new(state.Time);

    /// <inheritdoc/>
    public async ValueTask<bool> RunAsync(ConnectionContext transport, ClientConnection connection)
    {
        PipeReader input = transport.Transport.Input;
        Action giveUp = input.CancelPendingRead;
        // HTTP/2 was agreed on: these are no bytes of HTTP/1.1.
        bool isTls = transport.Features.Get<ITlsConnectionFeature>() is not null;
        if (isTls && transport.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual("h2"u8) == true)
            return true;
        // The server stops: Kestrel ends the connection as it does every idle one.
        using CancellationTokenRegistration stopping = transport.Features.Get<IConnectionLifetimeNotificationFeature>()!
            .ConnectionClosedRequested.UnsafeRegister(static input => ((PipeReader)input!).CancelPendingRead(), input);
        try
        {
            while (true)
            {
                connection.Limit(keepAlive, giveUp);
                ReadResult read = await input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                bool isLate = !connection.EndLimit();
                if (!Answer(transport.Transport.Output, read, isTls, out bool close))
                {
                    input.AdvanceTo(read.Buffer.Start);
                    // The client has gone without a question, or asks none for too long.
                    return !read.Buffer.IsEmpty || !(read.IsCompleted || isLate);
                }

                input.AdvanceTo(read.Buffer.End);
                if (!await SendAsync(transport, connection).ConfigureAwait(false) || close || read.IsCompleted)
                    return false;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ConnectionAbortedException)
        {
            // The connection has ended in the middle.
            return false;
        }
    }

    private bool Answer(PipeWriter output, in ReadResult read, bool isTls, out bool close)
    {
        close = false;
        if (read.IsCanceled || !read.Buffer.IsSingleSegment || !PlainRequest.Is(read.Buffer.FirstSpan, out close)
            || RequestActivity.IsWanted)
            return false;
        long started = durations.Now;
        if (Pick() is not { } endpoint)
            return false;
        _response.Write(output, endpoint.AuthorityUtf8.Span, endpoint.HostAuthority, close);
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
            // A picker of the caller's that fails: the application asks it again, answers with 500 and logs why.
            return null;
        }
    }

    /// <summary>Sends what was written. False when the client takes no more.</summary>
    private static ValueTask<bool> SendAsync(ConnectionContext transport, ClientConnection connection)
    {
        ValueTask<FlushResult> sent = transport.Transport.Output.FlushAsync(CancellationToken.None);
        return sent.IsCompletedSuccessfully ? new ValueTask<bool>(!sent.Result.IsCompleted) : AwaitAsync(transport, connection, sent);
    }

    private static async ValueTask<bool> AwaitAsync(ConnectionContext transport, ClientConnection connection, ValueTask<FlushResult> sent)
    {
        connection.Limit(s_sending, transport.Abort);
        FlushResult flushed = await sent.ConfigureAwait(false);
        return connection.EndLimit() && !flushed.IsCompleted;
    }
}
