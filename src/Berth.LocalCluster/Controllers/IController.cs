using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>Brings one object at a time to its wanted state, from the current state and never from events.</summary>
internal interface IController
{
    /// <summary>The keys (namespace/name) that a change may concern.</summary>
    IEnumerable<string> Affected(Change change);

    void Reconcile(string? @namespace, string name);

    /// <summary>The time at which the object must be reconciled again without a change, because its result depends on time.</summary>
    DateTimeOffset? Due => null;
}
