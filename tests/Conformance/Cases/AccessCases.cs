using System.Net;
using System.Text.Json.Nodes;
using Berth.Conformance.Backends;
using Berth.Conformance.Discovery;
using Berth.Conformance.Servers;
using Berth.Conformance.Workloads;
using Berth.TestKit;

namespace Berth.Conformance.Cases;

public sealed class AccessCases(SharedControlPlane shared) : ConformanceCase(shared)
{
    [Theory, MemberData(nameof(Backends))]
    public async Task The_deployed_role_allows_what_discovery_needs_and_nothing_else(string name)
    {
        await using Backend backend = await OpenAsync(name);
        string token = await backend.IssueTokenAsync();
        Assert.Equal(HttpStatusCode.OK, await GrantedAsync(backend, token));
        Assert.Equal(HttpStatusCode.OK, await backend.Api.StatusForAsync(token, $"{backend.Slices}?watch=true&timeoutSeconds=1"));
        foreach (string path in (string[])[
            $"/api/v1/namespaces/{backend.Namespace}/pods", $"/api/v1/namespaces/{backend.Namespace}/secrets",
            $"{backend.Slices}/some-name", Slice.In("default"), "/api/v1/nodes",
        ])
        {
            HttpStatusCode status = await backend.Api.StatusForAsync(token, path);
            // The local cluster has no Secrets at all.
            Assert.True(
                status == HttpStatusCode.Forbidden
                    || (status == HttpStatusCode.NotFound && path.EndsWith("/secrets", StringComparison.Ordinal)),
                $"{path}: {status}");
        }
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task An_expired_token_is_read_again_from_its_file(string name)
    {
        await using Backend backend = await OpenAsync(name);
        await backend.Api.CreateAsync(
            backend.Slices, Slice.New("game-slice", "game", [Slice.Endpoint(backend.Namespace, "game-0", Slice.Address(0))]));
        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        EndpointView view = discoverer.Follow("game");
        await discoverer.WaitAsync(view, snapshot => snapshot.Available.Count == 1, "The pod");
        await backend.ExpireTokensAsync();
        discoverer.Relay.Cut();
        discoverer.Relay.Restore();
        await discoverer.WaitForAsync(
            view, () => view.Failure is not null && view.Failure.Message.Contains("401", StringComparison.Ordinal), "The refusal is told");
        Assert.True(view.Current!.IsStale);
        Assert.Equal("game-0", Assert.Single(view.Current.Available).Name);

        // A new token in the file is enough.
        discoverer.WriteToken(await backend.IssueTokenAsync());
        await backend.Api.CreateAsync(
            backend.Slices, Slice.New("game-slice-1", "game", [Slice.Endpoint(backend.Namespace, "game-1", Slice.Address(1))]));
        EndpointSnapshot after = await discoverer.WaitAsync(view, snapshot => snapshot.Available.Count == 2, "Both pods, by the new token");
        Assert.False(after.IsStale);
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task A_permission_taken_away_is_named_and_its_return_noticed(string name)
    {
        await using Backend backend = await OpenAsync(name);
        await backend.Api.CreateAsync(
            backend.Slices, Slice.New("game-slice", "game", [Slice.Endpoint(backend.Namespace, "game-0", Slice.Address(0))]));
        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        string token = await backend.IssueTokenAsync();
        EndpointView view = discoverer.Follow("game");
        EndpointSnapshot before = await discoverer.WaitAsync(view, snapshot => snapshot.Available.Count == 1, "The pod");

        JsonObject binding = DeployedRole.Read(backend.Namespace).Single(item => item["kind"]!.GetValue<string>() == "RoleBinding");
        string bindings = DeployedRole.CollectionOf(binding);
        await backend.Api.DeleteAsync($"{bindings}/{NameOf(binding)}");
        await Wait.UntilAsync(
            () => GrantedOnceAsync(backend, token), status => status == HttpStatusCode.Forbidden, backend.Patience,
            "The permission is gone", TestContext.Current.CancellationToken);
        // A running watch continues without the permission; the next one needs it.
        discoverer.Relay.Cut();
        discoverer.Relay.Restore();
        await discoverer.WaitForAsync(
            view, () => view.Failure is not null && view.Failure.Message.Contains("403", StringComparison.Ordinal), "The refusal is told");
        Assert.Contains("endpointslices", view.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("discovery.k8s.io", view.Failure.Message, StringComparison.Ordinal);
        Assert.Contains(backend.Namespace, view.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(before.Version, view.Current!.Version);
        Assert.Equal("game-0", Assert.Single(view.Current.Available).Name);

        await backend.Api.DeleteAsync($"{backend.Slices}/game-slice");
        await backend.Api.CreateAsync(bindings, binding);
        EndpointSnapshot after = await discoverer.WaitAsync(view, snapshot => snapshot.Endpoints.Count == 0, "What was missed meanwhile");
        Assert.False(after.IsStale);
        Assert.Null(view.Failure);
    }

    private static Task<HttpStatusCode> GrantedOnceAsync(Backend backend, string token) =>
        backend.Api.StatusForAsync(token, backend.Slices);

    /// <summary>A server learns of a new binding a moment after it is written.</summary>
    private static Task<HttpStatusCode> GrantedAsync(Backend backend, string token) =>
        Wait.UntilAsync(
            () => GrantedOnceAsync(backend, token), status => status == HttpStatusCode.OK, backend.Patience, "The Role takes effect",
            TestContext.Current.CancellationToken);
}
