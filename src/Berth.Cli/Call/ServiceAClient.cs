using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Cli.Hosting;

namespace Berth.Cli.Call;

/// <summary>Asks service A for an address, as any client would: one GET, plain text.</summary>
internal sealed class ServiceAClient : IDisposable
{
    /// <summary>An address is short. A longer answer is not from service A.</summary>
    private const int MaxAnswer = 4096;

    private readonly Uri _url;
    private readonly HttpClient _http;

    public ServiceAClient(Uri url)
    {
        _url = url;
        _http = new HttpClient(
            new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ConnectCallback = Dialling.ConnectAsync })
        {
            // The caller's token limits the time, on the injected clock.
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswer,
        };
    }

    /// <summary>Asks once.</summary>
    /// <returns>The address, or null while service A has no list yet.</returns>
    /// <exception cref="CommandException">Service A did not answer, has no available pod, or is another program.</exception>
    public async Task<PodAddress?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(
                _url, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                return null;
            if (!response.IsSuccessStatusCode)
                throw NotServiceA($"it answered with status {(int)response.StatusCode}");
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            string? host = response.Headers.TryGetValues("Berth-Host", out IEnumerable<string>? hosts) ? hosts.First() : null;
            return new PodAddress(Read(Encoding.UTF8.GetString(body).Trim()), host);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw NotServiceA($"its answer has more than {MaxAnswer} bytes");
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            // .NET's client throws a bare SocketException when the connection is cut right after it opens, because it then asks for the
            // peer's address.
            throw CommandException.Unreachable(
                $"Service A at {_url} did not answer: {ReasonOf(exception)}. " +
                "Check the address, and that it is running (locally: berth up).",
                exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private IPEndPoint Read(string answer)
    {
        if (answer.Length == 0)
            throw CommandException.NothingFound($"Service A at {_url} has no pod to send a client to: its answer is empty. " +
                $"Look at the pods, and at {_url.GetLeftPart(UriPartial.Authority)}/readyz.");
        return IPEndPoint.TryParse(answer, out IPEndPoint? address) && address.Port != 0
            ? address
            : throw NotServiceA($"it answered '{(answer.Length <= 60 ? answer : answer[..60] + "...")}', which is not ip:port");
    }

    private CommandException NotServiceA(string why) =>
        CommandException.Usage(
            $"What answers at {_url} is not service A: {why}. Give the address of a dispatcher, such as http://127.0.0.1:8000.");

    private static string ReasonOf(Exception exception) => (exception is SocketException ? exception : exception.InnerException) switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "the connection was refused",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } =>
            "the host name is not known",
        { } inner => inner.Message.TrimEnd('.'),
        null => exception.Message.TrimEnd('.'),
    };
}
