using System.Text.Json.Nodes;
using Berth.LocalCluster.Api;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Patches;

namespace Berth.LocalCluster.Manifests;

/// <summary>Applies manifests from inside: creates what is new, merges into what is there.</summary>
internal sealed class ManifestApplier(ObjectOperations operations, NotEnforcedList notEnforced)
{
    public void Apply(string text, string defaultNamespace, string origin)
    {
        // Namespaces first, whatever the order of the documents: all else stands in one.
        foreach (JsonObject body in ManifestReader.ParseYaml(text, origin).OrderBy(body => body.Text("kind") == "Namespace" ? 0 : 1))
        {
            Apply(body, defaultNamespace, origin);
        }
    }

    private void Apply(JsonObject body, string defaultNamespace, string origin)
    {
        ResourceKind kind = KindTable.ByKind(body.Text("apiVersion"), body.Text("kind")) ?? throw new LocalClusterException(
            $"{origin}: no matches for kind \"{body.Text("kind")}\" in version \"{body.Text("apiVersion")}\". The local cluster has "
            + $"{string.Join(", ", KindTable.All.Select(known => known.Kind))}.");
        string name = body.Text("metadata", "name") ?? throw new LocalClusterException($"{origin}: a {kind.Kind} has no metadata.name.");
        string? @namespace = kind.Namespaced ? body.Text("metadata", "namespace") ?? defaultNamespace : null;
        notEnforced.Look(kind, body);

        // What kubectl apply looks for when it applies the same object later.
        string given = body.ToJsonString() + "\n";
        body.Child("metadata").Child("annotations")["kubectl.kubernetes.io/last-applied-configuration"] = given;
        try
        {
            if (operations.Store.Find(kind, @namespace, name) is null)
            {
                operations.Create(kind, @namespace, body);
                return;
            }

            operations.Update(kind, @namespace, name, current =>
            {
                StrategicMergePatch.Apply(current, body);
                return current;
            });
        }
        catch (ApiException fault)
        {
            throw new LocalClusterException($"{origin}: {fault.Message}", fault);
        }
    }
}
