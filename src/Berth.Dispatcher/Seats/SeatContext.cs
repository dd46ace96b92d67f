using Berth.Seats.Keys;
using Berth.Seats.Tls;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Seats;

/// <summary>The things that all links of a dispatcher share.</summary>
/// <param name="Options">The options.</param>
/// <param name="Http">The client of HTTP.</param>
/// <param name="Keys">The keys.</param>
/// <param name="Random">The source of chance, safe for several threads.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The logger.</param>
/// <param name="Trust">The way to know desks that speak TLS, or null where they do not.</param>
internal sealed record SeatContext(
    DispatcherSeatOptions Options, HttpClient Http, SeatKeyFile Keys, Random Random, TimeProvider Time, ILogger Logger,
    DeskTrust? Trust = null);
