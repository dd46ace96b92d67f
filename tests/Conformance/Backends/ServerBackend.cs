using Berth.Conformance.Api;
using Berth.Conformance.Servers;
using Berth.Conformance.Workloads;

namespace Berth.Conformance.Backends;

/// <summary>kube-apiserver and etcd. No controllers run there: the test plays them.</summary>
internal sealed class ServerBackend : Backend
{
    private readonly ControlPlane _plane;
    private readonly bool _owned;
    private readonly TokenRequests _tokens;
    private readonly PlayedControllers _controllers;

    private ServerBackend(ControlPlane plane, KubeApi api, bool owned)
        : base(plane.Server, plane.AuthorityPem, api)
    {
        _plane = plane;
        _owned = owned;
        _tokens = new TokenRequests(api, Namespace, Patience);
        _controllers = new PlayedControllers(api, Namespace);
    }

    public static async Task<Backend> OpenAsync(Assets assets, SharedControlPlane shared, Needs needs)
    {
        bool owned = needs.HasFlag(Needs.OwnServer);
        ControlPlane plane = owned ? await ControlPlane.StartAsync(assets) : await shared.GetAsync(assets);
        return new ServerBackend(plane, plane.NewApi(), owned);
    }

    public override Task<string> IssueTokenAsync() => _tokens.IssueAsync();

    public override Task ExpireTokensAsync() => _tokens.ExpireAsync();

    public override Task CompactAsync() => Owned().CompactAsync();

    public override Task RestartAsync(Func<Task> whileDown) => Owned().RestartAsync(whileDown);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_owned)
        {
            await _plane.DisposeAsync();
        }
    }

    protected override Task PlayControllersAsync(Workload workload) => _controllers.ReconcileAsync(workload);

    private ControlPlane Owned() =>
        _owned ? _plane : throw new InvalidOperationException("This server is shared with other tests. Ask for Needs.OwnServer.");
}
