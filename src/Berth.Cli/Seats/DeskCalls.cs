using System.Net;
using Berth.Cli.Hosting;
using Berth.Seats.Clients;
using Berth.Seats.Keys;
using Berth.Seats.Tls;
using Berth.Seats.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Cli.Seats;

/// <summary>Asks one desk on behalf of a person or a preStop hook.</summary>
internal sealed class DeskCalls : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly SeatDeskClient _client;
    private readonly IPEndPoint _desk;
    private readonly TimeProvider _time;

    /// <param name="desk">The address of the desk.</param>
    /// <param name="pod">The pod, as <c>namespace/name</c>.</param>
    /// <param name="keyFile">The file of keys.</param>
    /// <param name="trust">What identifies a desk with TLS, or null.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="Berth.Seats.SeatKeyException">The key file cannot be used.</exception>
    public DeskCalls(IPEndPoint desk, string pod, string keyFile, DeskTrust? trust, TimeProvider time)
    {
        _desk = desk;
        _time = time;
        _http = SeatDeskClient.CreateHttp(s_patience, trust);
        _client = new SeatDeskClient(
            _http, new Uri($"{(trust is null ? "http" : "https")}://{desk}/"), pod, new SeatKeyFile(keyFile, time, NullLogger.Instance),
            trust?.Name);
    }

    /// <summary>Closes or opens the desk.</summary>
    /// <exception cref="CommandException">It did not answer.</exception>
    public Task<StateMessage> SetClosedAsync(bool closed, CancellationToken cancellationToken) =>
        AskAsync(token => _client.SetClosedAsync(closed, token), cancellationToken);

    /// <summary>Closes the desk, and waits until no seat is in use, up to a time.</summary>
    /// <returns>The last state.</returns>
    /// <exception cref="CommandException">It did not answer.</exception>
    public async Task<StateMessage> DrainAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        StateMessage last = await SetClosedAsync(true, cancellationToken).ConfigureAwait(false);
        using CancellationTokenSource time = new(limit, _time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            while (last.Reserved + last.Taken > 0)
                last = await WaitForEmptyAsync(last, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The time is up.
        }

        return last;
    }

    public void Dispose() => _http.Dispose();

    private Task<StateMessage> WaitForEmptyAsync(StateMessage last, CancellationToken cancellationToken) => AskAsync(
        async token =>
        {
            await foreach (StateMessage? state in _client.WatchAsync(token).ConfigureAwait(false))
            {
                last = state ?? last;
                if (last.Reserved + last.Taken == 0)
                    break;
            }

            return last;
        },
        cancellationToken);

    private async Task<StateMessage> AskAsync(Func<CancellationToken, Task<StateMessage>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (exception.StatusCode is not null)
        {
            throw CommandException.Unreachable(
                $"{exception.Message.TrimEnd('.')}. Check that it is the desk of this pod, and that both sides have the same keys.",
                exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw CommandException.Unreachable(
                $"The desk at {_desk} did not answer: {exception.Message.TrimEnd('.')}. Check its address.", exception);
        }
    }
}
