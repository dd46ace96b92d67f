using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Berth.Cli.Hosting;

namespace Berth.Cli.Call;

/// <summary>Reads a dispatcher's page of seats.</summary>
internal static class SeatPageClient
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private const int MaxAnswer = 16 * 1024 * 1024;

    /// <summary>Reads the seats in use and in all of each pod, such as <c>3/8</c>, or the state of its desk.</summary>
    /// <exception cref="CommandException">The dispatcher did not answer, has no seats, or is another program.</exception>
    public static async Task<Dictionary<string, string>> ReadUsedAsync(Uri url, TimeProvider time, CancellationToken cancellationToken)
    {
        using JsonDocument page = await ReadAsync(url, time, cancellationToken).ConfigureAwait(false);
        Dictionary<string, string> seats = new(StringComparer.Ordinal);
        foreach (JsonElement pod in page.RootElement.GetProperty("pods").EnumerateArray())
        {
            string desk = pod.GetProperty("desk").ToString();
            string numbers = desk == "silent"
                ? ""
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{pod.GetProperty("reserved").GetInt32() + pod.GetProperty("taken").GetInt32()}/{pod.GetProperty("capacity")}");
            seats[pod.GetProperty("pod").ToString()] = desk == "open" ? numbers : $"{numbers} {desk}".Trim();
        }

        return seats;
    }

    /// <summary>Reads the page once.</summary>
    /// <exception cref="CommandException">The dispatcher did not answer, has no seats, or is another program.</exception>
    public static async Task<JsonDocument> ReadAsync(Uri url, TimeProvider time, CancellationToken cancellationToken)
    {
        using HttpClient http = new(
            new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ConnectCallback = Dialling.ConnectAsync })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswer,
        };
        using CancellationTokenSource limit = new(s_patience, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using HttpResponseMessage response = await http.GetAsync(url, both.Token).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            JsonDocument page = JsonDocument.Parse(body);
            if (response.IsSuccessStatusCode && page.RootElement.TryGetProperty("pods", out _))
                return page;
            using (page)
            {
                string reason = page.RootElement.TryGetProperty("detail", out JsonElement detail) ? detail.ToString() : "it has no seats.";
                throw CommandException.NothingFound($"{url} shows no seats: {reason}");
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw CommandException.Usage($"What answers at {url} is not service A. Give the address of a dispatcher.", exception);
        }
        catch (Exception exception) when (
            exception is HttpRequestException or SocketException
                || (exception is OperationCanceledException && limit.IsCancellationRequested))
        {
            throw CommandException.Unreachable($"{url} did not answer. Check the address, and that a dispatcher runs there.", exception);
        }
    }
}
