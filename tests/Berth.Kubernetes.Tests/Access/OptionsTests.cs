namespace Berth.Kubernetes.Tests.Access;

public sealed class OptionsTests
{
    [Fact]
    public void Options_by_default_have_no_fault()
    {
        Assert.Empty(new ClusterAccessOptions().FindFaults());
        Assert.Empty(new KubernetesEndpointSourceOptions().FindFaults());
    }

    [Fact]
    public void Access_with_bad_options_names_all_faults_at_once()
    {
        ClusterAccessOptions options = new()
        {
            Kubeconfig = "",
            Context = "",
            Environment = null!,
            ServiceAccountFolder = "",
            TimeProvider = null!,
            LoggerFactory = null!,
        };
        ArgumentException exception = Assert.Throws<ArgumentException>(() => KubernetesEndpoints.FindAccess(options));
        Assert.All(
            ["Kubeconfig", "Context", "Environment", "ServiceAccountFolder", "TimeProvider", "LoggerFactory"],
            name => Assert.Contains(name + " is ", exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Source_with_bad_options_names_all_faults_at_once()
    {
        ClusterAccess access = new() { Server = new Uri("http://127.0.0.1:1"), Source = "test" };
        KubernetesEndpointSourceOptions options = new() { AddressMode = (AddressMode)9, AddressFamilies = (AddressFamilies)9 };
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new KubernetesEndpointSource(access, options));
        Assert.Contains("AddressMode is 9", exception.Message, StringComparison.Ordinal);
        Assert.Contains("AddressFamilies is 9", exception.Message, StringComparison.Ordinal);
    }
}
