using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Berth.Client.Reading;
using Berth.Client.Timing;

namespace Berth.Client.Watching
{
    /// <summary>One open watch of a dispatcher.</summary>
    internal sealed class WatchConnection : IDisposable
    {
        private readonly Uri _dispatcher;
        private readonly HttpResponseMessage _response;
        private readonly Stream _body;
        private readonly TimeSpan _idleTimeout;
        private readonly EventParser _parser = new();
        private readonly Queue<ServerSentEvent> _events = new();
        private readonly byte[] _buffer = new byte[16 * 1024];

        public WatchConnection(Uri dispatcher, HttpResponseMessage response, Stream body, TimeSpan idleTimeout)
        {
            _dispatcher = dispatcher;
            _response = response;
            _body = body;
            _idleTimeout = idleTimeout;
        }

        /// <summary>Reads on until a set is complete.</summary>
        /// <exception cref="BerthException">The stream ended, broke or fell silent, or what arrived cannot be used.</exception>
        /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
        public async Task<EndpointSnapshot> ReadAsync(WatchState state, CancellationToken cancellationToken)
        {
            while (true)
            {
                try
                {
                    while (_events.Count > 0)
                    {
                        if (state.Take(_events.Dequeue()) is { } snapshot)
                            return snapshot;
                    }

                    int length = await ReadBytesAsync(cancellationToken).ConfigureAwait(false);
                    _parser.Push(_buffer.AsSpan(0, length), _events);
                }
                catch (FormatException exception)
                {
                    state.Forget();
                    throw Failures.Unreadable(
                        $"{_dispatcher} sent something that cannot be used: {exception.Message}.", 200, exception);
                }
            }
        }

        public void Dispose()
        {
            // A running read ends with it.
            _response.Dispose();
            _body.Dispose();
        }

        /// <summary>
        /// Reads bytes. The wait ends at once with the token, and after the idle time-out, even if the stream itself ignores tokens, as
        /// under Mono. The caller then disposes the connection.
        /// </summary>
        private async Task<int> ReadBytesAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task<int> read = _body.ReadAsync(_buffer.AsMemory(), ending.Token).AsTask();
            if (!read.IsCompleted)
            {
                await Task.WhenAny(read, ClientClock.DelayAsync(_idleTimeout, ending.Token)).ConfigureAwait(false);
                if (!read.IsCompleted)
                {
                    // The end of the read tells nothing new.
                    _ = read.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
                    ending.Cancel();
                    cancellationToken.ThrowIfCancellationRequested();
                    throw Failures.Unreachable(
                        $"The watch of {_dispatcher} sent nothing for {Failures.Seconds(_idleTimeout)} s. Another one is tried.");
                }

                // Ends the delay too.
                ending.Cancel();
            }

            return await EndReadAsync(read, cancellationToken).ConfigureAwait(false);
        }

        private async Task<int> EndReadAsync(Task<int> read, CancellationToken cancellationToken)
        {
            try
            {
                int length = await read.ConfigureAwait(false);
                return length > 0 ? length : throw Failures.Unreachable($"The watch of {_dispatcher} ended. Another one is tried.");
            }
            catch (Exception exception) when (
                exception is IOException || exception is HttpRequestException || exception is OperationCanceledException
                || exception is ObjectDisposedException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw Failures.Unreachable($"The watch of {_dispatcher} broke. Another one is tried.", exception);
            }
        }
    }
}
