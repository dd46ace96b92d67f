using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Runtime;

/// <summary>The values of the ConfigMaps and Secrets of a pod's namespace, and its claims.</summary>
internal sealed class ConfigSources(ObjectStore store, string? @namespace)
{
    public string? Namespace => @namespace;

    /// <summary>Returns the UID of a claim. Null when the claim does not exist.</summary>
    public string? UidOfClaim(string name) => store.Find(StoredKinds.PersistentVolumeClaim, @namespace, name)?.Uid;

    /// <summary>Returns all values of an object by their keys. Null when the object does not exist.</summary>
    public IReadOnlyDictionary<string, byte[]>? Find(ResourceKind kind, string? name)
    {
        if (store.Find(kind, @namespace, name ?? "")?.Body is not { } body)
            return null;
        Dictionary<string, byte[]> values = new(StringComparer.Ordinal);
        foreach ((string key, string text) in body.Map("data"))
            values[key] = kind == KindTable.Secret ? Convert.FromBase64String(text) : Encoding.UTF8.GetBytes(text);
        foreach ((string key, string coded) in body.Map("binaryData"))
            values[key] = Convert.FromBase64String(coded);
        return values;
    }

    /// <summary>Waits until a reason changes or ends. It is computed again after each change of the cluster.</summary>
    public async Task UntilOtherAsync(string? reason, Func<string?> now, CancellationToken cancellationToken)
    {
        while (true)
        {
            long version = store.Version;
            if (now() != reason)
                return;
            await store.WaitAsync(version, cancellationToken).ConfigureAwait(false);
        }
    }
}
