using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;
using Berth.Checks;
using Berth.Cli.Call;
using Berth.Cli.Options;

namespace Berth.Cli.Doctor;

/// <summary>Asks every replica of service A behind a URL: each address of its name.</summary>
internal sealed class DispatcherClient(DoctorTask task, DispatcherChoice dispatchers)
{
    private const int MaxAnswer = 64 * 1024 * 1024;

    public async Task<IReadOnlyList<DispatcherPage>> AskAsync(Uri url, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await task.WithinAsync(token => System.Net.Dns.GetHostAddressesAsync(url.DnsSafeHost, token), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or TimeoutException)
        {
            return [DispatcherPage.Broken(url.ToString(), $"Its name cannot be resolved: {exception.Message.TrimEnd('.')}.")];
        }

        List<DispatcherPage> pages = [];
        foreach (IPAddress address in addresses)
        {
            string name = DispatcherPage.NameOf(url, address, addresses.Length == 1);
            pages.Add(await AskAsync(url, name, new IPEndPoint(address, url.Port), cancellationToken).ConfigureAwait(false));
        }

        return pages;
    }

    private async Task<DispatcherPage> AskAsync(Uri url, string name, IPEndPoint address, CancellationToken cancellationToken)
    {
        using HttpClient http = new(new SocketsHttpHandler
        {
            SslOptions = TlsOptions(),
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectCallback = async (_, token) =>
            {
                Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(Dialling.ThisMachine(address), token).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswer,
        };
        if (dispatchers.Token is { } token)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            return await task.WithinAsync(token => ReadAsync(http, url, name, token), cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return DispatcherPage.Broken(
                name, $"Its TLS is not trusted from here: {(exception.InnerException ?? exception).Message.TrimEnd('.')}.",
                $"Give the CAs of its certificate with --{DoctorSettings.UrlAuthorityFile.Name}, and a name that the certificate has in " +
                $"--{DoctorSettings.Urls.Name}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException or TimeoutException)
        {
            return DispatcherPage.Broken(name, $"It did not answer: {(exception.InnerException ?? exception).Message.TrimEnd('.')}.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return DispatcherPage.Broken(name, "What answers there is not service A.");
        }
    }

    private SslClientAuthenticationOptions TlsOptions()
    {
        SslClientAuthenticationOptions options = new();
        if (dispatchers.Authorities is { } authorities)
        {
#pragma warning disable MA0039 // It trusts the CAs of the file instead of those of the machine, and checks the same.
            options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                ServerCertificate.IsTrusted(certificate, chain, errors, authorities);
#pragma warning restore MA0039
        }

        return options;
    }

    private async Task<DispatcherPage> ReadAsync(HttpClient http, Uri url, string name, CancellationToken cancellationToken)
    {
        DateTimeOffset asked = task.Host.Time.GetUtcNow();
        using HttpResponseMessage response = await http.GetAsync(new Uri(url, $"/v1/endpoints/{task.Target}"), cancellationToken)
            .ConfigureAwait(false);
        DateTimeOffset answered = task.Host.Time.GetUtcNow();
        using JsonDocument page = JsonDocument.Parse(
            await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        JsonElement root = page.RootElement;
        if (!response.IsSuccessStatusCode)
        {
            return DispatcherPage.Broken(
                name,
                root.TryGetProperty("detail", out JsonElement detail) ? detail.ToString() : $"It answers {(int)response.StatusCode}.",
                response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                    ? $"Give a token that may read {task.Target} with --{DoctorSettings.UrlTokenFile.Name}."
                    : null);
        }

        string[] pods =
        [
            .. root.GetProperty("endpoints").EnumerateArray().Where(static pod => ApiAnswer.Text(pod, "state") == "ready")
                .Select(static pod => $"{ApiAnswer.Text(pod, "pod")} {ApiAnswer.Text(pod, "uid")} {ApiAnswer.Text(pod, "authority")}"),
        ];
        return new DispatcherPage(
            name, null, ApiAnswer.Text(root, "state"), ApiAnswer.Text(root, "reason"), pods,
            await VersionAsync(http, url, cancellationToken).ConfigureAwait(false),
            ServerChecks.Clock(name, "dispatcher-clock", response.Headers.Date, asked, answered));
    }

    private static async Task<string?> VersionAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http.GetAsync(new Uri(url, "/openapi.json"), cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            return null;
        using JsonDocument page = JsonDocument.Parse(
            await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        return ApiAnswer.Text(page.RootElement, "info", "version");
    }
}
