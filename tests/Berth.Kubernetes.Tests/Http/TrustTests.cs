using Berth.Kubernetes.Access.Trust;

namespace Berth.Kubernetes.Tests.Http;

/// <summary>The certificates that a CA file makes trusted: as with kubectl, those in the file and those that they have signed.</summary>
public sealed class TrustTests : IDisposable
{
    private const string AnyUsage = "2.5.29.37.0";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    private const string Host = "127.0.0.1";

    private readonly IssuedCertificate _root = IssuedCertificate.Root();
    private readonly IssuedCertificate _intermediate;

    public TrustTests() => _intermediate = _root.Intermediate();

    [Fact]
    public async Task Intermediate_as_CA_vouches_for_what_it_signed()
    {
        using IssuedCertificate server = _intermediate.Server(Host);

        Assert.Contains("HTTP/2", await AskAsync(server, _intermediate.Pem), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Intermediate_of_the_same_name_and_another_key_is_refused()
    {
        using IssuedCertificate other = _root.Intermediate();
        using IssuedCertificate server = other.Server(Host);

        Assert.Contains("not signed by a CA in the CA file", await RefusalAsync(server, _intermediate.Pem), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_of_the_root_is_not_of_its_intermediate()
    {
        using IssuedCertificate server = _root.Server(Host);

        Assert.Contains("not signed by a CA in the CA file", await RefusalAsync(server, _intermediate.Pem), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pinned_certificate_is_trusted_and_its_sibling_is_not()
    {
        using IssuedCertificate server = _intermediate.Server(Host);
        using IssuedCertificate sibling = _intermediate.Server(Host);

        Assert.Contains("HTTP/2", await AskAsync(server, server.Pem), StringComparison.Ordinal);
        Assert.Contains("not signed by a CA", await RefusalAsync(sibling, server.Pem), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pinned_certificate_of_a_server_is_no_CA()
    {
        using IssuedCertificate server = _root.Server(Host);
        using IssuedCertificate below = server.Server(Host);

        await RefusalAsync(below, server.Pem);
        await RefusalAsync(below, server.Pem + _root.Pem);
    }

    [Theory]
    [InlineData("intermediate")]
    [InlineData("pinned")]
    [InlineData("root")]
    public async Task Name_is_verified_however_the_chain_is_trusted(string authority)
    {
        using IssuedCertificate server = _intermediate.Server("other.example");
        string bundle = authority switch
        {
            "intermediate" => _intermediate.Pem,
            "pinned" => server.Pem,
            _ => _root.Pem + _intermediate.Pem,
        };

        Assert.Contains("is for other.example, not for 127.0.0.1", await RefusalAsync(server, bundle), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("intermediate")]
    public void Any_usage_may_serve_and_a_clients_may_not(string authority)
    {
        IssuedCertificate issuer = authority == "root" ? _root : _intermediate;
        using IssuedCertificate any = issuer.Server(Host, AnyUsage);
        using IssuedCertificate client = issuer.Server(Host, ClientUsage);

        // Kestrel shows neither of the two.
        ServerTrust trust = ServerTrust.Of(PemSource.FromText(issuer.Pem, "the CA file"));

        Assert.True(trust.VouchesFor(any.Certificate, []));
        Assert.False(trust.VouchesFor(client.Certificate, []));
    }

    [Theory]
    [InlineData("*.test", "api.test", true)]
    [InlineData("*.api.test", "one.api.test", true)]
    [InlineData("*.test", "one.api.test", false)]
    [InlineData("*.test", "test", false)]
    [InlineData("*", "test", false)]
    public async Task Wildcard_stands_for_one_label(string pattern, string name, bool matches)
    {
        using IssuedCertificate server = _root.Server(pattern);

        if (matches)
            Assert.Contains("HTTP/2", await AskAsync(server, _root.Pem, name), StringComparison.Ordinal);
        else
            Assert.Contains($"not for {name}", await RefusalAsync(server, _root.Pem, name), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Common_name_alone_names_no_host()
    {
        using IssuedCertificate server = _root.ServerByCommonName("api.test");

        Assert.Contains(
            "is for no name at all, not for api.test", await RefusalAsync(server, _root.Pem, "api.test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Block_that_is_not_a_certificate_is_skipped()
    {
        const string Garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        using IssuedCertificate server = _root.Server(Host);

        Assert.Contains("HTTP/2", await AskAsync(server, Garbage + _root.Pem), StringComparison.Ordinal);
        ClusterAccessException exception = Assert.Throws<ClusterAccessException>(
            () => ServerTrust.Of(PemSource.FromText(Garbage, "the CA file")));
        Assert.Contains("the CA file contains a certificate that cannot be read", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _intermediate.Dispose();
        _root.Dispose();
    }

    private static async Task<string> AskAsync(IssuedCertificate certificate, string bundle, string? name = null)
    {
        await using TestServer server = await TestServer.StartAsync(ApiHarness.EchoAsync, certificate.Certificate);
        ClusterAccess access = new()
        {
            Server = server.Address,
            Source = "a test",
            Trust = ServerTrust.Of(PemSource.FromText(bundle, "the CA file"), serverName: name),
        };
        using ApiHarness harness = new(access);
        return await harness.TextAsync("/version");
    }

    private static async Task<string> RefusalAsync(IssuedCertificate certificate, string bundle, string? name = null) =>
        (await Assert.ThrowsAsync<KubernetesUnreachableException>(() => AskAsync(certificate, bundle, name))).Message;
}
