using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// Creates the default service account and the certificate of the API in every namespace, and empties a deleted namespace before it is
/// removed.
/// </summary>
internal sealed class NamespaceController(ObjectOperations operations, string authorityPem) : IController
{
    /// <summary>The ConfigMap for projected tokens.</summary>
    private const string Authority = "kube-root-ca.crt";

    private readonly ObjectStore _store = operations.Store;

    public IEnumerable<string> Affected(Change change) => change.Kind == KindTable.Namespace ? ["/" + change.Last.Name]
        : change.After is null && change.Last.Namespace is { } name ? ["/" + name] : [];

    public void Reconcile(string? @namespace, string name)
    {
        if (_store.Find(KindTable.Namespace, null, name) is not { } item)
            return;
        if (!item.Body.IsTerminating())
        {
            if (_store.Find(KindTable.ServiceAccount, name, "default") is null)
                operations.Create(KindTable.ServiceAccount, name, KindTable.ServiceAccount.NewObject(name, "default"));
            if (_store.Find(KindTable.ConfigMap, name, Authority) is null)
            {
                JsonObject map = KindTable.ConfigMap.NewObject(name, Authority);
                map["data"] = new JsonObject { ["ca.crt"] = authorityPem };
                operations.Create(KindTable.ConfigMap, name, map);
            }

            return;
        }

        List<StoredObject> content = [.. _store.Kinds.All.Where(kind => kind.Namespaced).SelectMany(kind => _store.List(kind, name))];
        foreach (StoredObject thing in content.Where(thing => !thing.Body.IsTerminating()))
            operations.Delete(thing.Kind, name, thing.Name, new DeleteOptions());
        if (content.Count == 0)
            _store.Remove(item);
    }
}
