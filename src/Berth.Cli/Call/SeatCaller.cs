using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Berth.Cli.Hosting;
using Berth.Cli.Options;

namespace Berth.Cli.Call;

/// <summary>A client with a seat: reserves it at service A, connects to that pod, shows the ticket, sends, and reads the answer.</summary>
internal sealed class SeatCaller : IDisposable
{
    private const int MaxAnswer = 64 * 1024;

    private readonly Uri _url;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public SeatCaller(Uri serviceA, ServiceTarget target, TimeSpan timeout, TimeProvider time)
    {
        _url = new Uri(serviceA, $"/v1/seats/{target}");
        _timeout = timeout;
        _time = time;
        _http = new HttpClient(
            new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ConnectCallback = Dialling.ConnectAsync })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswer,
        };
    }

    /// <summary>Takes a seat once.</summary>
    /// <exception cref="CommandException">There is no seat, or service A or the pod did not answer.</exception>
    public async Task<CallResult> CallAsync(string text, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(_timeout, _time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            long asked = _time.GetTimestamp();
            (IPEndPoint address, string? host, string ticket) = await ReserveAsync(both.Token).ConfigureAwait(false);
            TimeSpan ask = _time.GetElapsedTime(asked);
            long connecting = _time.GetTimestamp();
            string? answer = await ServiceBClient.SendAsync(address, $"{ticket}\n{text}", both.Token).ConfigureAwait(false);
            return answer is null
                ? throw CommandException.NothingFound($"The pod at {address} refused the ticket, or ended the connection. Look at its log.")
                : new CallResult(address, host, answer.Split('\n', 2)[^1], ask, _time.GetElapsedTime(connecting), 1);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw CommandException.Unreachable(
                $"{_url} gave no seat within {Durations.Format(_timeout)}. Give a longer --timeout, or look at the pods.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException)
        {
            throw CommandException.Unreachable(
                $"{exception.Message.TrimEnd('.')}. Check {_url}, and that the pods are running.", exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(IPEndPoint Address, string? Host, string Ticket)> ReserveAsync(CancellationToken cancellationToken)
    {
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes("{\"seats\":1}"));
        content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/json");
        using HttpResponseMessage response = await _http.PostAsync(_url, content, cancellationToken).ConfigureAwait(false);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            if (response.StatusCode != HttpStatusCode.Created)
                throw CommandException.NothingFound($"Service A gave no seat: {json.RootElement.GetProperty("detail").GetString()}");
            IPEndPoint address = IPEndPoint.Parse(json.RootElement.GetProperty("authority").GetString()!);
            string? host = json.RootElement.TryGetProperty("host", out JsonElement name) ? $"{name.GetString()}:{address.Port}" : null;
            return (address, host,
                json.RootElement.GetProperty("ticket").GetString()!);
        }
        catch (Exception exception) when (
            exception is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw CommandException.Usage(
                $"What answers at {_url} is not service A with seats: status {(int)response.StatusCode}. Give the address of a dispatcher.",
                exception);
        }
    }
}
