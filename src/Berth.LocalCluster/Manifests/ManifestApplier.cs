using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Patches;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Manifests;

/// <summary>Applies manifests from inside: creates what is new, merges into what is there.</summary>
internal sealed class ManifestApplier(ObjectOperations operations, NotEnforcedList notEnforced)
{
    public void Apply(string text, string defaultNamespace, string origin)
    {
        // Namespaces first, whatever the order of the documents: all else stands in one.
        foreach (JsonObject body in ManifestReader.ParseYaml(text, origin).OrderBy(body => body.Text("kind") == "Namespace" ? 0 : 1))
            Apply(body, defaultNamespace, origin);
    }

    /// <summary>As Go writes JSON: keys sorted, and the signs of HTML escaped.</summary>
    private static string Canonical(JsonObject body)
    {
        string text = Encoding.UTF8.GetString(JsonWriting.Sorted(body).ToUtf8());
        string escaped = text
            .Replace("<", "\\u003c", StringComparison.Ordinal)
            .Replace(">", "\\u003e", StringComparison.Ordinal)
            .Replace("&", "\\u0026", StringComparison.Ordinal);
        return escaped + "\n";
    }

    private void Apply(JsonObject body, string defaultNamespace, string origin)
    {
        ResourceKind kind = KindTable.ByKind(body.Text("apiVersion"), body.Text("kind")) ?? throw new LocalClusterException(
            $"{origin}: no matches for kind \"{body.Text("kind")}\" in version \"{body.Text("apiVersion")}\". The local cluster has "
            + $"{string.Join(", ", KindTable.All.Select(known => known.Kind))}.");
        string name = body.Text("metadata", "name") ?? throw new LocalClusterException($"{origin}: a {kind.Kind} has no metadata.name.");
        string? @namespace = kind.Namespaced ? body.Text("metadata", "namespace") ?? defaultNamespace : null;
        notEnforced.Look(kind, body);

        // What kubectl apply compares with when it applies the same object later, written as kubectl writes it.
        body.Child("metadata").Child("annotations");
        if (@namespace is not null)
            body.Child("metadata")["namespace"] = @namespace;
        string asked = Canonical(body);
        try
        {
            new FieldValidation(kind, "Strict", static _ => { }).OfObject(body);
            body.Child("metadata").Child("annotations")["kubectl.kubernetes.io/last-applied-configuration"] = asked;
            if (operations.Store.Find(kind, @namespace, name) is null)
            {
                operations.Create(kind, @namespace, body);
                return;
            }

            operations.Update(kind, @namespace, name, current =>
            {
                StrategicMergePatch.Apply(kind.Kind, current, body);
                return current;
            });
        }
        catch (ApiException exception)
        {
            throw new LocalClusterException($"{origin}: {exception.Message}", exception);
        }
    }
}
