using System.IO.Pipelines;
using Berth.Dispatcher.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Berth.Dispatcher.Server;

/// <summary>
/// Answers the plain requests of a connection before Kestrel creates its HTTP side. For a client with one request, that would cost more
/// than the answer.
/// </summary>
internal sealed class PlainRequests(IPlainAnswers answers, TimeSpan keepAlive) : IPlainRequests
{
    /// <inheritdoc/>
    public IPlainAnswers Answers => answers;

    /// <inheritdoc/>
    public async ValueTask<bool> RunAsync(ConnectionContext transport, ClientConnection connection)
    {
        PipeReader input = transport.Transport.Input;
        Action giveUp = input.CancelPendingRead;
        // HTTP/2 was negotiated, so the bytes are not HTTP/1.1.
        bool isTls = transport.Features.Get<ITlsConnectionFeature>() is not null;
        if (isTls && transport.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual("h2"u8) == true)
            return true;
        SendingTime sending = new();
        // The server stops. Kestrel ends this connection like every idle one.
        using CancellationTokenRegistration stopping = transport.Features.Get<IConnectionLifetimeNotificationFeature>()!
            .ConnectionClosedRequested.UnsafeRegister(static input => ((PipeReader)input!).CancelPendingRead(), input);
        try
        {
            while (true)
            {
                connection.Limit(keepAlive, giveUp);
                ReadResult read = await input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                bool isLate = !connection.EndLimit();
                bool close = false;
                if (read.IsCanceled || !read.Buffer.IsSingleSegment
                    || !answers.TryAnswer(read.Buffer.FirstSpan, transport.Transport.Output, isTls, out close))
                {
                    input.AdvanceTo(read.Buffer.Start);
                    // The client has disconnected without a request, or has sent none for too long.
                    return !read.Buffer.IsEmpty || !(read.IsCompleted || isLate);
                }

                input.AdvanceTo(read.Buffer.End);
                sending.Add(transport.Transport.Output.UnflushedBytes, connection.Seconds);
                if (!await SendAsync(transport, connection, sending).ConfigureAwait(false) || close || read.IsCompleted)
                    return false;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ConnectionAbortedException)
        {
            // The connection has ended in the middle of a request.
            return false;
        }
    }

    /// <summary>Sends the written bytes. False when the client no longer reads.</summary>
    private static ValueTask<bool> SendAsync(ConnectionContext transport, ClientConnection connection, SendingTime sending)
    {
        ValueTask<FlushResult> sent = transport.Transport.Output.FlushAsync(CancellationToken.None);
        return sent.IsCompletedSuccessfully
            ? new ValueTask<bool>(!sent.Result.IsCompleted)
            : AwaitAsync(transport, connection, sending.LeftAt(connection.Seconds), sent);
    }

    private static async ValueTask<bool> AwaitAsync(
        ConnectionContext transport, ClientConnection connection, TimeSpan limit, ValueTask<FlushResult> sent)
    {
        connection.Limit(limit, transport.Abort);
        FlushResult flushed = await sent.ConfigureAwait(false);
        return connection.EndLimit() && !flushed.IsCompleted;
    }
}
