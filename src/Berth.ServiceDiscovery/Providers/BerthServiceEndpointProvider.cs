using Berth.ServiceDiscovery.Feeds;
using Microsoft.Extensions.ServiceDiscovery;

namespace Berth.ServiceDiscovery.Providers;

/// <summary>Gives the endpoints of one name. Populating is a memory read once the first snapshot is there.</summary>
/// <param name="getFeed">Finds the feed. It is called each time, because a released target is followed again from the start.</param>
/// <param name="pods">Makes the lists.</param>
/// <param name="choice">The endpoints that the name stands for.</param>
/// <param name="options">The options.</param>
/// <param name="random">The source of the turns.</param>
internal sealed class BerthServiceEndpointProvider(
    Func<ViewFeed> getFeed, PodServiceEndpoints pods, EndpointChoice choice, BerthServiceDiscoveryOptions options, Random random)
    : IServiceEndpointProvider
{
    /// <inheritdoc/>
    public async ValueTask PopulateAsync(IServiceEndpointBuilder builder, CancellationToken cancellationToken)
    {
        // A provider before this one has answered. By convention the first answer counts.
        if (builder.Endpoints.Count > 0)
            return;
        Edition edition = await getFeed().ReadAsync(cancellationToken).ConfigureAwait(false);
        builder.AddChangeToken(edition.Token);
        ServiceEndpoint[] list;
        try
        {
            list = edition.GetList(choice, pods.Make);
        }
        catch (NoEndpointException) when (options.AddNothingWhenEmpty)
        {
            return;
        }

        // The selector of HttpClient begins with the second endpoint of each list: without a turn, clients that call rarely all reach one
        // pod.
        int turn = random.Next(list.Length);
        for (int i = 0; i < list.Length; i++)
            builder.Endpoints.Add(list[(turn + i) % list.Length]);
    }

    /// <summary>Ends nothing: the view belongs to the directory, and an idle name is disposed after 20 seconds.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
