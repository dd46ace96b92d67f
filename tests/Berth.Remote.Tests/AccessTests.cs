using System.Security.Cryptography.X509Certificates;
using Berth.TestKit;

namespace Berth.Remote.Tests;

/// <summary>Tokens and certificates.</summary>
public sealed class AccessTests
{
    private const string Event =
        "event: source\ndata: {\"state\":null,\"ageSeconds\":null,\"dispatchers\":[\"x\"],\"reason\":\"Wait.\"}\n\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_is_sent_and_none_where_there_is_none()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using (RemoteRig rig = new RemoteRig([api.Address.ToString()], new RemoteEndpointSourceOptions { Token = "secret" }).Follow())
            Assert.Equal("Bearer secret", (await api.NextAsync(Token)).Headers["Authorization"]);
        await using (RemoteRig rig = new RemoteRig([api.Address.ToString()]).Follow())
            Assert.DoesNotContain("Authorization", (await api.NextAsync(Token)).Headers.Keys);
    }

    [Fact]
    public async Task Token_file_is_read_again_and_while_it_is_empty_the_old_one_stays()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        using TestFile file = new("first\n");
        await using RemoteRig rig = new RemoteRig(
            [api.Address.ToString()], new RemoteEndpointSourceOptions { TokenFile = file.Path }).Follow();
        List<string> sent = [];
        foreach (string next in new[] { "", "", "second", "two words", "third" })
        {
            ScriptedExchange exchange = await api.NextAsync(Token);
            sent.Add(exchange.Headers["Authorization"]);
            await File.WriteAllTextAsync(file.Path, next, Token);
            await exchange.AnswerAsync(401, "");
        }

        sent.Add((await api.NextAsync(Token)).Headers["Authorization"]);

        Assert.Equal(["Bearer first", "Bearer first", "Bearer first", "Bearer second", "Bearer second", "Bearer third"], sent);
        await rig.Observer.Log.LoggedAsync(722, 2, Token);
        await rig.Observer.Log.LoggedAsync(723, 2, Token);
        Assert.DoesNotContain(rig.Observer.Log.Entries, static e => e.Text.Contains("words", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Token_file_that_never_was_there_is_a_sentence()
    {
        await using RemoteRig rig = new RemoteRig(
            ["http://127.0.0.1:1"], new RemoteEndpointSourceOptions { TokenFile = "/nowhere/token" }).Follow();

        await rig.UntilFailureAsync("The file /nowhere/token cannot be used.");
    }

    [Fact]
    public async Task Server_of_the_CA_in_the_file_is_trusted_and_a_rotated_one_too()
    {
        using TestAuthority old = new("Old CA");
        using TestAuthority next = new("New CA");
        using X509Certificate2 certificate = old.Server("127.0.0.1");
        using X509Certificate2 rotated = next.Server("127.0.0.1");
        ScriptedWire wire = new() { Certificate = certificate };
        await using ScriptedApi api = await ScriptedApi.StartAsync(wire);
        using TestFile ca = new(old.Pem);
        await using RemoteRig rig = new RemoteRig(
            [api.Address.ToString()], new RemoteEndpointSourceOptions { CertificateAuthorityFile = ca.Path }).Follow();
        ScriptedExchange first = await api.NextAsync(Token);
        await first.StartAsync(200, "text/event-stream");
        await first.SendAsync(Event);
        await rig.UntilFailureAsync("Wait.");

        wire.Certificate = rotated;
        await first.SendAsync("event: source\ndata: {\"state\":7}\n\n");
        await rig.UntilFailureAsync("cannot be reached");
        await File.WriteAllTextAsync(ca.Path, next.Pem, Token);

        await (await api.NextAsync(Token)).AnswerAsync(503, "");
        await rig.UntilFailureAsync("answered 503");
    }

    [Theory]
    [InlineData("other CA")]
    [InlineData("other name")]
    [InlineData("expired")]
    [InlineData("client's")]
    [InlineData("machine's roots")]
    public async Task Server_that_is_not_proven_is_refused(string fault)
    {
        using TestAuthority authority = new();
        using TestAuthority other = new("Other CA");
        using X509Certificate2 certificate = fault switch
        {
            "other CA" => other.Server("127.0.0.1"),
            "other name" => authority.Server("elsewhere.test"),
            "expired" => authority.ExpiredServer("127.0.0.1"),
            "client's" => authority.Client("me", "127.0.0.1"),
            _ => authority.Server("127.0.0.1"),
        };
        await using ScriptedApi api = await ScriptedApi.StartAsync(new ScriptedWire { Certificate = certificate });
        using TestFile ca = new(authority.Pem);
        await using RemoteRig rig = new RemoteRig(
            [api.Address.ToString()],
            new RemoteEndpointSourceOptions { CertificateAuthorityFile = fault == "machine's roots" ? null : ca.Path, Token = "secret" })
            .Follow();

        await rig.UntilFailureAsync("cannot be reached");

        Assert.Empty(api.Requests);
    }
}
