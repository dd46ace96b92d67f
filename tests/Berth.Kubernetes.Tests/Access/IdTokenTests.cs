using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Kubernetes.Tests.Access;

public sealed class IdTokenTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-11-22T12:00:00Z", CultureInfo.InvariantCulture));

    [Fact]
    public async Task Id_token_is_used_until_it_expires()
    {
        string token = Token(_time.GetUtcNow().AddMinutes(5));
        ClusterAccess access = Load(token);
        Assert.Equal(token, await TokenFileTests.ReadAsync(access.Credentials));

        _time.Advance(TimeSpan.FromMinutes(5));

        ClusterAccessException exception = await Assert.ThrowsAsync<ClusterAccessException>(
            () => TokenFileTests.ReadAsync(access.Credentials));
        Assert.Equal(
            "The id-token of user \"u\" (auth-provider \"oidc\") expired at 2026-11-22 12:05:00Z, and Berth does not renew it. Run a "
                + "kubectl command, which does, "
                + "or use an exec plugin such as kubelogin.",
            exception.Message);
        Assert.Throws<ClusterAccessException>(() => Load(token));
    }

    [Theory]
    [InlineData("a.b.c")]
    [InlineData("opaque")]
    [InlineData("e30.e30.e30")]
    [InlineData("e30.W10.e30")]
    public async Task Token_without_an_expiry_is_sent_to_the_server(string token) =>
        Assert.Equal(token, await TokenFileTests.ReadAsync(Load(token).Credentials));

    public void Dispose() => _folder.Dispose();

    private static string Token(DateTimeOffset expires) =>
        $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{{\"exp\":{expires.ToUnixTimeSeconds()}}}")))}.sig";

    private ClusterAccess Load(string token) => KubernetesEndpoints.FindAccess(new ClusterAccessOptions
    {
        Kubeconfig = _folder.Write("config", KubeconfigTests.Config(
            "server: https://a",
            "auth-provider: " +
            $"{{name: oidc, config: {{client-id: x, id-token: {token}, refresh-token: r, idp-issuer-url: 'https://127.0.0.1:9'}}}}")),
        TimeProvider = _time,
    });
}
