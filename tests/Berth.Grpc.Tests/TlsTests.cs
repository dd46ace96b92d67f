using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Berth.TestKit;
using Grpc.Core;
using static Berth.Grpc.GrpcFixture;

namespace Berth.Grpc;

/// <summary>Host names: the authority of calls, and the name that a certificate must have.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private readonly GrpcFixture _grpc = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _grpc.DisposeAsync();
        _authority.Dispose();
    }

    [Theory]
    [InlineData("berth:///service-b.k8s-example2", "service-b.k8s-example2")]
    [InlineData("berth:///service-b-0.service-b.k8s-example2", "service-b-0.service-b.k8s-example2")]
    public async Task The_name_of_the_address_is_the_certificates_name(string address, string name)
    {
        await StartAsync(name);
        Assert.Equal(name, (await AnswerAsync(Open(address))).Split('|')[1]);
    }

    [Fact]
    public async Task A_host_name_of_each_pod_can_be_asked_for()
    {
        await StartAsync("service-b-0.service-b.k8s-example2.svc.cluster.local");
        AskClient client = Open(
            GrpcFixture.Address, static (target, pod) => $"{pod.Name}.{target.Service}.{target.Namespace}.svc.cluster.local");
        Assert.Equal("service-b-0.service-b.k8s-example2.svc.cluster.local", (await AnswerAsync(client)).Split('|')[1]);
    }

    [Fact]
    public async Task The_address_can_be_the_certificates_name()
    {
        await StartAsync("127.0.0.1");
        string answer = await AnswerAsync(Open(GrpcFixture.Address, static (_, _) => null));
        Assert.StartsWith("127.0.0.1:", answer.Split('|')[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_another_name_is_refused()
    {
        await StartAsync("service-c.k8s-example2");
        Status status = await FailAsync(Open(GrpcFixture.Address));
        // The library has this code for a failed handshake.
        Assert.Equal(StatusCode.Internal, status.StatusCode);
        Assert.Contains("certificate", status.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Plain_text_calls_carry_the_name_of_the_address()
    {
        await _grpc.StartSetAsync(1);
        Assert.Equal("service-b.k8s-example2", (await AnswerAsync(_grpc.Open())).Split('|')[1]);
    }

    [Fact]
    public async Task A_host_name_that_throws_fails_calls_with_its_message()
    {
        await _grpc.StartSetAsync(1);
        bool isBroken = true;
        AskClient client = _grpc.Open(options: new BerthGrpcOptions
        {
            Ports = TestPods.Ports,
            HostName = (_, _) => isBroken ? throw new InvalidOperationException("The name is not known.") : "some.name",
        });
        Status status = await FailAsync(client);
        Assert.Equal(StatusCode.Unavailable, status.StatusCode);
        Assert.EndsWith("The name is not known.", status.Detail, StringComparison.Ordinal);

        isBroken = false;
        await _grpc.StartSetAsync(2);
        await UntilAsync(client, "service-b-1");
    }

    private async Task StartAsync(string certificateName)
    {
        PodServer server = await _grpc.StartAsync("service-b-0", certificate: _authority.Server(certificateName));
        await _grpc.PublishAsync(server.Pod(0));
    }

    private AskClient Open(string address, Func<ServiceTarget, PodEndpoint, string?>? hostName = null)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(_authority.Pem);
        return _grpc.Open(
            address,
            new BerthGrpcOptions { Ports = TestPods.Ports, HostName = hostName },
            options =>
            {
                options.Credentials = ChannelCredentials.SecureSsl;
                options.HttpHandler = new SocketsHttpHandler
                {
                    SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
                };
                options.DisposeHttpClient = true;
            });
    }
}
