namespace Berth.Tests.Pods;

public sealed class PodIdentityTests
{
    [Fact]
    public void The_port_follows_from_POD_NAME()
    {
        PodIdentity pod = From(("POD_NAME", "service-b-2"), ("POD_NAMESPACE", "k8s-example2"));
        Assert.Equal(3002, pod.GetPort(portBase: 3000));
        Assert.Equal(3020, pod.GetPort(3000, stride: 10));
        Assert.Equal("k8s-example2/service-b-2", pod.ToString());
    }

    [Fact]
    public void HOSTNAME_is_never_read()
    {
        PodIdentityException thrown = Assert.Throws<PodIdentityException>(() => From(("HOSTNAME", "service-b-2")));
        Assert.Equal("POD_NAME is not set. Add it to the pod template from fieldRef metadata.name.", thrown.Message);
    }

    [Theory]
    [InlineData("Service-2")]
    [InlineData("a_b-2")]
    [InlineData("a/b-2")]
    [InlineData("a..b-2")]
    public void A_name_that_Kubernetes_would_not_give_is_refused(string name) =>
        Assert.Contains(name, Assert.Throws<PodIdentityException>(() => From(("POD_NAME", name))).Message, StringComparison.Ordinal);

    [Fact]
    public void Name_without_an_ordinal_has_only_a_fixed_port()
    {
        PodIdentity pod = From(("POD_NAME", "lobby-7f74f7877f-2ccb9"));
        Assert.Null(pod.Ordinal);
        Assert.Contains(
            "does not end with '-' and a number", Assert.Throws<PodIdentityException>(() => pod.GetPort(3000)).Message,
            StringComparison.Ordinal);
        Assert.Equal(7000, pod.GetPorts(PortScheme.Fixed(7000))[0].Number);
    }

    [Fact]
    public void A_port_above_65535_is_an_error_with_the_sum() =>
        Assert.Contains(
            "65000 + 999 x 1", Assert.Throws<PodIdentityException>(() => PodIdentity.FromName("web-999").GetPort(65000)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Bases_from_the_service_cannot_be_known_by_a_pod() =>
        Assert.Throws<ArgumentException>(() => PodIdentity.FromName("web-1").GetPorts(PortScheme.FromService()));

    [Fact]
    public void A_base_outside_its_range_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PodIdentity.FromName("web-1").GetPort(0));

    private static PodIdentity From(params (string Name, string Value)[] variables) =>
        PodIdentity.FromEnvironment(name => variables.FirstOrDefault(v => v.Name == name).Value);
}
