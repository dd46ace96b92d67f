using System.Net;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Seats;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Seats;

/// <summary>The desk of this pod and its server, if it has seats.</summary>
internal sealed class PodDesk : IAsyncDisposable
{
    /// <summary>The variable with the pod's UID, from fieldRef metadata.uid. It may be missing.</summary>
    private const string UidVariable = "POD_UID";

    private readonly SeatDeskServer? _server;

    private PodDesk(SeatDesk? desk, SeatDeskServer? server)
    {
        Desk = desk;
        _server = server;
    }

    /// <summary>The desk, or null without seats.</summary>
    public SeatDesk? Desk { get; }

    /// <summary>Notes the faults of the settings.</summary>
    public static void CheckSettings(SettingsReader reader)
    {
        int? seats = reader.Get(SeatSettings.Seats);
        string? keys = reader.Get(SeatSettings.Keys);
        _ = reader.Get(SeatSettings.DeskAddress);
        _ = reader.Get(SeatSettings.DeskBasePort);
        string? certificate = reader.Get(SeatSettings.TlsCertificate);
        if (certificate is null != reader.Get(SeatSettings.TlsKey) is null)
            reader.Fault(
                $"A desk with TLS needs --{SeatSettings.TlsCertificate.Name} and --{SeatSettings.TlsKey.Name}. Give both, or none.");
        if (seats is not null && keys is null)
            reader.Fault($"--{SeatSettings.Seats.Name} needs keys. Give --{SeatSettings.Keys.Name} too.");
    }

    /// <summary>Starts the desk, if there are seats.</summary>
    public static async Task<PodDesk> StartAsync(
        SettingsReader reader, PodIdentity self, ProgramHost host, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (reader.Get(SeatSettings.Seats) is not { } seats)
            return new PodDesk(null, null);
        SeatDeskOptions options = new()
        {
            Pod = self,
            PodUid = host.Variable(UidVariable) is { Length: > 0 } uid ? uid : null,
            Capacity = seats,
            KeyFile = reader.Get(SeatSettings.Keys)!,
            CertificateFile = reader.Get(SeatSettings.TlsCertificate),
            CertificateKeyFile = reader.Get(SeatSettings.TlsKey),
            TimeProvider = host.Time,
            LoggerFactory = loggers,
        };
        if (options.FindFaults() is { Count: > 0 } faults)
            throw CommandException.Usage(string.Join('\n', faults));
        IPEndPoint address = AddressOf(reader, self);
        SeatDesk desk = new(options);
        try
        {
            return new PodDesk(desk, await SeatDeskServer.StartAsync(desk, address, cancellationToken).ConfigureAwait(false));
        }
        catch (IOException exception)
        {
            desk.Dispose();
            throw CommandException.Usage(exception.Message, exception);
        }
    }

    /// <summary>Returns the address of this pod's own desk.</summary>
    public static IPEndPoint AddressOf(SettingsReader reader, PodIdentity self) => new(
        reader.Get(SeatSettings.DeskAddress), self.GetPorts(PortScheme.PerOrdinal(reader.Get(SeatSettings.DeskBasePort)))[0].Number);

    /// <summary>Returns the URL of this pod's own desk.</summary>
    public static string UrlOf(SettingsReader reader, PodIdentity self) =>
        $"{(reader.Get(SeatSettings.TlsCertificate) is null ? "http" : "https")}://{AddressOf(reader, self)}";

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync().ConfigureAwait(false);
        Desk?.Dispose();
    }
}
