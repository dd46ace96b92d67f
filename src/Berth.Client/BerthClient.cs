using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net.Http;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Berth.Client.Json;
using Berth.Client.Reading;
using Berth.Client.Timing;
using Berth.Client.Transport;
using Berth.Client.Watching;

namespace Berth.Client
{
    /// <summary>
    /// A client of service A, for programs that cannot have <c>Berth.Remote</c>: Unity, and .NET before 10. Safe for several threads. It
    /// keeps nothing open except running watches, and does not dispose the given HttpClient.
    /// </summary>
    public sealed class BerthClient
    {
        private readonly Dispatchers _dispatchers;

        /// <summary>Creates a client of one dispatcher. It sends no request before a method is called.</summary>
        /// <param name="http">The HttpClient. Its own time limit has to be longer than those of the options.</param>
        /// <param name="dispatcher">
        /// The dispatcher's address: <c>http://HOST:PORT</c>, with the path in front of <c>/v1</c> where there is one.
        /// </param>
        /// <param name="options">The options, or null for the defaults. Do not change them afterwards.</param>
        /// <exception cref="ArgumentException">The address or an option has a fault; the message names all of them.</exception>
        public BerthClient(HttpClient http, string dispatcher, BerthClientOptions? options = null)
            : this(http, new[] { dispatcher }, options)
        {
        }

        /// <summary>Creates a client of several dispatchers. The next one is asked where one does not answer.</summary>
        /// <inheritdoc cref="BerthClient(HttpClient, string, BerthClientOptions?)"/>
        /// <param name="http">The HttpClient. Its own time limit has to be longer than those of the options.</param>
        /// <param name="dispatchers">The dispatchers' addresses, at least one, in the order in which they are asked.</param>
        /// <param name="options">The options, or null for the defaults. Do not change them afterwards.</param>
        public BerthClient(HttpClient http, IReadOnlyList<string> dispatchers, BerthClientOptions? options = null)
        {
            if (http is null)
                throw new ArgumentNullException(nameof(http));
            if (dispatchers is null)
                throw new ArgumentNullException(nameof(dispatchers));
            options ??= new BerthClientOptions();
            List<string> faults = new();
            Uri[] parsed = DispatcherAddress.Parse(dispatchers, faults);
            faults.AddRange(options.FindFaults());
            if (faults.Count > 0)
                throw new ArgumentException(string.Join(" ", faults), nameof(dispatchers));
            _dispatchers = new Dispatchers(http, parsed, options);
        }

        /// <summary>Asks for one endpoint of a target, chosen by the dispatcher.</summary>
        /// <param name="target">The target: <c>namespace/service</c>.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <exception cref="BerthException">It was refused, or no dispatcher answers.</exception>
        public Task<PickedEndpoint> GetEndpointAsync(string target, CancellationToken cancellationToken = default) =>
            GetEndpointAsync(new EndpointQuery { Target = target }, cancellationToken);

        /// <summary>Asks for one endpoint.</summary>
        /// <param name="query">What is asked for.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <exception cref="ArgumentException">The query contradicts itself.</exception>
        /// <exception cref="BerthException">It was refused, or no dispatcher answers.</exception>
        public Task<PickedEndpoint> GetEndpointAsync(EndpointQuery query, CancellationToken cancellationToken = default) => AskAsync(
            new DispatcherRequest(HttpMethod.Get, RequestPath.Of(query)), EndpointReader.ReadPicked, cancellationToken);

        /// <summary>Asks for all endpoints of a target.</summary>
        /// <param name="target">The target: <c>namespace/service</c>.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <exception cref="BerthException">It was refused, or no dispatcher answers.</exception>
        public Task<EndpointSnapshot> GetEndpointsAsync(string target, CancellationToken cancellationToken = default) => AskAsync(
            new DispatcherRequest(HttpMethod.Get, "v1/endpoints/" + RequestPath.OfTarget(target)), EndpointReader.ReadSnapshot,
            cancellationToken);

        /// <summary>
        /// Gives all endpoints of a target, and again after every change, until the loop is left or the token is cancelled. A watch finds
        /// its way back by itself: while no dispatcher can be reached, the last set is given once more as a stale one. Errors never remove
        /// endpoints. Nothing is read ahead: a slow caller gets the latest set.
        /// </summary>
        /// <param name="target">The target: <c>namespace/service</c>.</param>
        /// <param name="onRetry">
        /// Called when a connection has ended, with the reason and the time until the next one. For logs; or null.
        /// </param>
        /// <param name="cancellationToken">Ends the watch at once, with an OperationCanceledException.</param>
        /// <exception cref="BerthException">Thrown by the loop: no set was given yet, and every dispatcher refuses the request.</exception>
        public IAsyncEnumerable<EndpointSnapshot> WatchAsync(
            string target, Action<BerthException, TimeSpan>? onRetry = null, CancellationToken cancellationToken = default) =>
            WatchPathAsync($"v1/watch/{RequestPath.OfTarget(target)}?source", onRetry, cancellationToken);

        /// <summary>
        /// Reserves seats in one pod. The request is repeated only with the same idempotency key, so it never reserves twice.
        /// </summary>
        /// <param name="target">The target: <c>namespace/service</c>.</param>
        /// <param name="request">What is asked for, or null for one seat.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <exception cref="ArgumentException">The request has a fault.</exception>
        /// <exception cref="BerthException">It was refused, or no dispatcher answers.</exception>
        public Task<SeatReservation> ReserveSeatsAsync(
            string target, SeatRequest? request = null, CancellationToken cancellationToken = default)
        {
            request ??= new SeatRequest();
            IReadOnlyList<string> faults = request.FindFaults();
            if (faults.Count > 0)
                throw new ArgumentException(string.Join(" ", faults), nameof(request));
            string path = "v1/seats/" + RequestPath.OfTarget(target);
            if (request.Wait > TimeSpan.Zero)
                path += $"?wait={request.Wait.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)}s";
            DispatcherRequest message = new(HttpMethod.Post, path)
            {
                IdempotencyKey = request.IdempotencyKey ?? Jitter.NextKey(),
                Body = new JsonBody().Add("seats", request.Seats).Add("key", request.Key).Add("ttl", request.Ttl?.TotalSeconds).ToString(),
                ExtraTime = request.Wait,
            };
            return AskAsync(message, json => SeatReader.ReadReservation(json, target), cancellationToken);
        }

        /// <summary>Extends a reservation, from now on. It gets a new ticket.</summary>
        /// <param name="reservation">The reservation.</param>
        /// <param name="ttl">The time that the client has to come, or null for the dispatcher's, 30 s.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <exception cref="BerthException">It was refused, or no dispatcher answers.</exception>
        public Task<SeatReservation> RenewSeatsAsync(
            SeatReservation reservation, TimeSpan? ttl = null, CancellationToken cancellationToken = default)
        {
            if (reservation is null)
                throw new ArgumentNullException(nameof(reservation));
            return RenewSeatsAsync(reservation.Target, reservation.Id, ttl, cancellationToken);
        }

        /// <summary>Extends a reservation by its name, from now on.</summary>
        /// <param name="target">The target: <c>namespace/service</c>.</param>
        /// <param name="reservation">The name of the reservation.</param>
        /// <param name="ttl">The time that the client has to come, or null for the dispatcher's, 30 s.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <exception cref="BerthException">It was refused, or no dispatcher answers.</exception>
        public Task<SeatReservation> RenewSeatsAsync(
            string target, string reservation, TimeSpan? ttl = null, CancellationToken cancellationToken = default) => AskAsync(
            new DispatcherRequest(HttpMethod.Post, RequestPath.OfReservation(target, reservation) + "/renew")
            {
                Body = new JsonBody().Add("ttl", ttl?.TotalSeconds).ToString(),
            },
            json => SeatReader.ReadReservation(json, target), cancellationToken);

        /// <summary>Ends a reservation or a session. One that was released before is no error.</summary>
        /// <param name="reservation">The reservation.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <exception cref="BerthException">It was refused, or no dispatcher answers.</exception>
        public Task ReleaseSeatsAsync(SeatReservation reservation, CancellationToken cancellationToken = default)
        {
            if (reservation is null)
                throw new ArgumentNullException(nameof(reservation));
            return ReleaseSeatsAsync(reservation.Target, reservation.Id, cancellationToken);
        }

        /// <summary>Ends a reservation or a session that is known by its name. One that was released before is no error.</summary>
        /// <param name="target">The target: <c>namespace/service</c>.</param>
        /// <param name="reservation">The name of the reservation.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <exception cref="BerthException">It was refused, or no dispatcher answers.</exception>
        public Task ReleaseSeatsAsync(string target, string reservation, CancellationToken cancellationToken = default) =>
            _dispatchers.SendAsync(
                new DispatcherRequest(HttpMethod.Delete, RequestPath.OfReservation(target, reservation)), cancellationToken);

        /// <summary>Asks for the seats of a target, by pod and in all.</summary>
        /// <param name="target">The target: <c>namespace/service</c>.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <exception cref="BerthException">It was refused, or no dispatcher answers.</exception>
        public Task<TargetSeats> GetSeatsAsync(string target, CancellationToken cancellationToken = default) => AskAsync(
            new DispatcherRequest(HttpMethod.Get, "v1/seats/" + RequestPath.OfTarget(target)), SeatReader.ReadSeats, cancellationToken);

        private async IAsyncEnumerable<EndpointSnapshot> WatchPathAsync(
            string path, Action<BerthException, TimeSpan>? onRetry, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            using WatchReader reader = new(_dispatchers, path, onRetry);
            while (true)
                yield return await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }

        private async Task<T> AskAsync<T>(DispatcherRequest request, Func<JsonNode, T> read, CancellationToken cancellationToken)
        {
            JsonNode? answer = await _dispatchers.SendAsync(request, cancellationToken).ConfigureAwait(false);
            try
            {
                return read(answer ?? JsonNode.Null);
            }
            catch (FormatException exception)
            {
                throw Failures.Unreadable(
                    $"The answer cannot be used: {exception.Message}. Check that this is the address of a dispatcher.", 200, exception);
            }
        }
    }
}
