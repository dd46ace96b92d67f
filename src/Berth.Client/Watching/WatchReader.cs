using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Berth.Client.Reading;
using Berth.Client.Timing;
using Berth.Client.Transport;

namespace Berth.Client.Watching
{
    /// <summary>Reads the sets of one target, over any number of connections. Not safe for several threads.</summary>
    internal sealed class WatchReader : IDisposable
    {
        // Those of Berth.Remote.
        private static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(200);
        private static readonly TimeSpan s_maxDelay = TimeSpan.FromSeconds(30);
        private static readonly TimeSpan s_maxAskedDelay = TimeSpan.FromMinutes(5);
        private static readonly TimeSpan s_shortLife = TimeSpan.FromSeconds(1);

        private readonly Dispatchers _dispatchers;
        private readonly string _path;
        private readonly Action<BerthException, TimeSpan>? _onRetry;
        private readonly WatchState _state;
        private readonly List<BerthException> _round = new();
        private WatchConnection? _connection;
        private TimeSpan _openedAt;
        private TimeSpan _delay;
        private long _confirmations;
        private int _rounds;
        private int _turn;

        public WatchReader(Dispatchers dispatchers, string path, Action<BerthException, TimeSpan>? onRetry)
        {
            _dispatchers = dispatchers;
            _path = path;
            _onRetry = onRetry;
            _state = new WatchState(hasOthers: dispatchers.Count > 1);
            _turn = dispatchers.Turn;
        }

        /// <summary>Waits for the next set.</summary>
        /// <exception cref="BerthException">No set was given yet, and every dispatcher refuses the request.</exception>
        /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
        public async Task<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                BerthException ended;
                try
                {
                    _connection ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
                    return await _connection.ReadAsync(_state, cancellationToken).ConfigureAwait(false);
                }
                catch (BerthException exception)
                {
                    ended = exception;
                }

                if (Leave(ended) is { } stale)
                    return stale;
            }
        }

        public void Dispose()
        {
            _connection?.Dispose();
            _connection = null;
        }

        private async Task<WatchConnection> OpenAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_delay > TimeSpan.Zero)
                await ClientClock.DelayAsync(_delay, cancellationToken).ConfigureAwait(false);
            _delay = TimeSpan.Zero;
            _openedAt = ClientClock.Now;
            _confirmations = _state.Confirmations;
            DispatcherRequest request = new(HttpMethod.Get, _path) { Accept = "text/event-stream", LastEventId = _state.Id };
            HttpResponseMessage response = await _dispatchers.OpenAsync(_turn, request, cancellationToken).ConfigureAwait(false);
            if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            {
                using (response)
                    throw Failures.NotADispatcher(_dispatchers.Find(_turn), response);
            }

            Stream body = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
            _state.BeginConnection();
            return new WatchConnection(_dispatchers.Find(_turn), response, body, _dispatchers.IdleTimeout);
        }

        /// <summary>
        /// Leaves the connection, and decides how long to wait. A stream that worked may end at any time. One that ends at once is a
        /// failure, so that nothing is asked without a pause.
        /// </summary>
        /// <returns>The set as a stale one when no dispatcher is left to ask; else null.</returns>
        private EndpointSnapshot? Leave(BerthException ended)
        {
            Dispose();
            _turn = (_turn + 1) % _dispatchers.Count;
            EndpointSnapshot? stale = null;
            if (_state.Confirmations > _confirmations && ClientClock.Now - _openedAt >= s_shortLife)
            {
                _round.Clear();
                _rounds = 0;
                // The clients of a restarted dispatcher must not all connect at the same moment.
                _delay = _dispatchers.Count == 1 ? TimeSpan.FromSeconds(Jitter.Next()) : TimeSpan.Zero;
            }
            else
            {
                _round.Add(ended);
                if (_round.Count == _dispatchers.Count)
                    stale = EndRound();
            }

            _onRetry?.Invoke(ended, _delay);
            return stale;
        }

        /// <summary>Each dispatcher was asked and failed.</summary>
        private EndpointSnapshot? EndRound()
        {
            if (!_state.HasGiven && _round.TrueForAll(Failures.IsRefusal))
                throw _round[0];
            EndpointSnapshot? stale = _state.Lose(_round[0].Detail);
            double full = Math.Min(s_firstDelay.TotalSeconds * Math.Pow(2, Math.Min(_rounds, 30)), s_maxDelay.TotalSeconds);
            _delay = TimeSpan.FromSeconds(full * (0.5 + (Jitter.Next() / 2)));
            TimeSpan asked = s_maxAskedDelay;
            foreach (BerthException failure in _round)
                asked = (failure.RetryAfter ?? TimeSpan.Zero) < asked ? failure.RetryAfter ?? TimeSpan.Zero : asked;
            if (asked > _delay)
                _delay = asked;
            _rounds++;
            _round.Clear();
            return stale;
        }
    }
}
