using System.Diagnostics.Metrics;

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

    [Fact]
    public void Faults_of_both_options_are_in_one_message_and_no_source_is_created()
    {
        using Meter meter = new("test");
        using InstrumentCount instruments = new(meter);
        ClusterAccess access = new() { Server = new Uri("http://127.0.0.1:1"), Source = "test" };
        KubernetesEndpointSourceOptions bad = new() { Meter = meter, AddressMode = (AddressMode)9 };
        EndpointDirectoryOptions directory = new() { SnapshotFile = "" };
        foreach (Func<EndpointDirectory> connect in (Func<EndpointDirectory>[])
            [() => KubernetesEndpoints.Connect(bad, directory), () => KubernetesEndpoints.Connect(access, bad, directory)])
        {
            ArgumentException both = Assert.Throws<ArgumentException>(connect);
            Assert.Contains("AddressMode is 9", both.Message, StringComparison.Ordinal);
            Assert.Contains("SnapshotFile is empty", both.Message, StringComparison.Ordinal);
        }

        ArgumentException one = Assert.Throws<ArgumentException>(() =>
            KubernetesEndpoints.Connect(access, new KubernetesEndpointSourceOptions { Meter = meter }, directory));
        Assert.Contains("SnapshotFile is empty", one.Message, StringComparison.Ordinal);
        Assert.Equal(0, instruments.Value);
    }
}
