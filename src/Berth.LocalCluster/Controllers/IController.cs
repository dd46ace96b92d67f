using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>Brings one thing at a time to what it should be, from the state as it is: never from what happened.</summary>
internal interface IController
{
    /// <summary>The keys (namespace/name) that a change may concern.</summary>
    IEnumerable<string> Affected(Change change);

    void Reconcile(string? @namespace, string name);

    /// <summary>When what was just reconciled wants another look although nothing changed: time alone makes a difference to it.</summary>
    DateTimeOffset? Due => null;
}
