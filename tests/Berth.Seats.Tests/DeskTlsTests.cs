using System.Net;
using System.Security.Cryptography.X509Certificates;
using Berth.Seats.Clients;
using Berth.Seats.Tls;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Seats.Tests;

/// <summary>A desk that speaks TLS, and clients that know it by a CA file and a name.</summary>
public sealed class DeskTlsTests : IDisposable
{
    private readonly SeatFixture _fixture = new();
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new("Other CA");

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public async Task Client_that_knows_the_ca_and_the_name_is_answered()
    {
        await using SeatDeskServer server = await StartAsync(_authority.Server("desk.games"));
        Assert.Equal(4, await AskAsync(server, Trust(_authority, "desk.games")));
        await using SeatDeskServer byAddress = await StartAsync(_authority.Server("127.0.0.1"));
        Assert.Equal(4, await AskAsync(byAddress, Trust(_authority, null)));
    }

    [Fact]
    public async Task F106_desk_with_another_name_or_ca_is_not_asked()
    {
        await using SeatDeskServer server = await StartAsync(_authority.Server("desk.games"));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(server, Trust(_authority, "desk.other")));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(server, Trust(_authority, null)));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(server, Trust(_other, "desk.games")));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(server, null));
        await using SeatDeskServer expired = await StartAsync(_authority.ExpiredServer("desk.games"));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(expired, Trust(_authority, "desk.games")));
    }

    [Fact]
    public async Task Changed_certificate_serves_the_next_connection_unless_it_is_bad()
    {
        await using SeatDeskServer server = await StartAsync(_authority.Server("desk.games"));
        DeskTrust old = Trust(_authority, "desk.games");
        Write(_other.Server("desk.games"));
        Assert.Equal(4, await AskAsync(server, old));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(4, await AskAsync(server, Trust(_other, "desk.games", "other.pem")));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(server, old));
        _fixture.Folder.Write("tls.key", "nonsense");
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(4, await AskAsync(server, Trust(_other, "desk.games", "other.pem")));
    }

    [Fact]
    public async Task Changed_cas_count_for_the_next_connection_and_a_bad_file_does_not()
    {
        await using SeatDeskServer server = await StartAsync(_authority.Server("desk.games"));
        DeskTrust trust = Trust(_other, "desk.games");
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(server, trust));
        _fixture.Folder.Write("ca.pem", _other.Pem + "\n" + _authority.Pem);
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(server, trust));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(4, await AskAsync(server, trust));
        _fixture.Folder.Write("ca.pem", "nonsense");
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(4, await AskAsync(server, trust));
    }

    [Fact]
    public void Files_with_faults_are_reported_in_sentences()
    {
        (string certificate, string key) = Write(_authority.Server("desk.games"));
        Assert.Contains(
            "There is no file /nowhere, named as the certificate of the desk.",
            Assert.Throws<ArgumentException>(() => _fixture.Create(tls: ("/nowhere", key))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "contains no private key in PEM",
            Assert.Throws<ArgumentException>(() => _fixture.Create(tls: (certificate, certificate))).Message, StringComparison.Ordinal);
        SeatDeskOptions half = new() { Pod = SeatFixture.Pod(), Capacity = 1, KeyFile = "keys", CertificateFile = certificate };
        Assert.Equal(
            "A desk with TLS needs a certificate and its key. Give the files of both, or of none.", Assert.Single(half.FindFaults()));
        Assert.Contains("no certificate in PEM", DeskTrust.FindFault(key), StringComparison.Ordinal);
    }

    private async Task<SeatDeskServer> StartAsync(X509Certificate2 certificate)
    {
        SeatDesk desk = _fixture.Create(tls: Write(certificate));
        return await SeatDeskServer.StartAsync(desk, new IPEndPoint(IPAddress.Loopback, 0), SeatFixture.Cancelled);
    }

    private (string Certificate, string Key) Write(X509Certificate2 certificate) => (
        _fixture.Folder.Write("tls.crt", certificate.ExportCertificatePem()),
        _fixture.Folder.Write("tls.key", TestAuthority.KeyPem(certificate)));

    private DeskTrust Trust(TestAuthority authority, string? name, string file = "ca.pem") =>
        new(_fixture.Folder.Write(file, authority.Pem), name, _fixture.Clock, NullLogger.Instance);

    /// <summary>Asks the desk over a connection of its own. Returns its free seats.</summary>
    private async Task<int> AskAsync(SeatDeskServer server, DeskTrust? trust)
    {
        using HttpClient http = SeatDeskClient.CreateHttp(Wait.Limit, trust);
        Uri url = new($"{(trust is null ? "http" : "https")}://{server.Address}/");
        SeatDeskClient client = new(http, url, "games/lobby-0", _fixture.Create().Keys, trust?.Name);
        return (await client.GetStateAsync(SeatFixture.Cancelled)).Free;
    }
}
