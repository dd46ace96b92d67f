using Xunit;

namespace Berth.Testing.XunitV3;

/// <summary>
/// A <see cref="TestCluster"/> as a fixture of xunit.v3: of a class (<c>IClassFixture</c>), a collection (<c>ICollectionFixture</c>) or the
/// assembly (<c>AssemblyFixture</c>). Derive from it to give options, or to add what all of the tests need.
/// </summary>
public class TestClusterFixture : IAsyncLifetime
{
    private TestCluster? _cluster;

    /// <summary>The cluster.</summary>
    /// <exception cref="InvalidOperationException">The fixture is not initialized: xunit does that before the first test.</exception>
    public TestCluster Cluster => _cluster ?? throw new InvalidOperationException(
        "The cluster has not been started. xunit starts it when the class is used as a fixture; otherwise call InitializeAsync first.");

    /// <summary>The options of the cluster. Default: the defaults of <see cref="TestClusterOptions"/>.</summary>
    protected virtual TestClusterOptions Options => new();

    /// <summary>Starts the cluster, then calls <see cref="PrepareAsync"/>. xunit calls it.</summary>
    /// <returns>Completes when tests can start.</returns>
    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(Options, TestContext.Current.CancellationToken).ConfigureAwait(false);
        await PrepareAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the cluster. xunit calls it. To end things of a derived class before it, override this and call it last.</summary>
    /// <returns>Completes when nothing is left.</returns>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_cluster is { } cluster)
            await cluster.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Adds what all of the tests need, such as sets of pods. The default adds nothing.</summary>
    /// <returns>Completes when tests can start.</returns>
    protected virtual ValueTask PrepareAsync() => ValueTask.CompletedTask;
}
