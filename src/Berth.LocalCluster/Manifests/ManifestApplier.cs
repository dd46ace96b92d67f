using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Patches;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Manifests;

/// <summary>Applies manifests inside the process: creates new objects, and merges into existing ones.</summary>
internal sealed class ManifestApplier(ObjectOperations operations, NotEnforcedList notEnforced)
{
    /// <summary>The owner of the fields that a manifest states: kubectl apply, as the annotation is its own too.</summary>
    private const string Manager = "kubectl-client-side-apply";

    public void Apply(string text, string defaultNamespace, string origin) => Apply([(text, origin)], defaultNamespace, skipUnknown: false);

    /// <summary>
    /// Applies several texts as one: all namespaces first, then service accounts. If one text cannot be read, nothing is applied.
    /// </summary>
    public ApplyResult Apply(IEnumerable<(string Text, string Origin)> manifests, string defaultNamespace, bool skipUnknown)
    {
        (JsonObject Body, string Origin)[] all =
            [.. manifests.SelectMany(static manifest => ManifestReader.ParseYaml(manifest.Text, manifest.Origin)
                .Select(body => (body, manifest.Origin)))];
        foreach ((JsonObject body, string origin) in all)
            RequireKind(body, origin);
        // The output of helm template also contains the pods of helm test.
        (JsonObject Body, string Origin)[] tests = [.. all.Where(static each => IsTest(each.Body))];
        all = [.. all.Where(static each => !IsTest(each.Body))];
        KindSet kinds = KindsWith(all.Select(static each => each.Body));
        (JsonObject Body, string Origin)[] unknown = [.. all.Where(each => KindOf(each.Body, kinds) is null)];
        if (unknown.Length > 0 && !skipUnknown)
            throw Unknown(unknown, kinds);

        // Check types first, so that a list or a number in place of a text is found before the first object is created.
        (JsonObject Body, ResourceKind Kind, string Origin)[] known =
            [.. all.Where(each => KindOf(each.Body, kinds) is not null)
                .Select(each => (each.Body, KindOf(each.Body, kinds)!, each.Origin))];
        foreach ((JsonObject body, ResourceKind kind, string origin) in known)
            Validate(body, kind, origin);
        foreach (
            (JsonObject body, ResourceKind kind, string origin) in known.OrderBy(static each => Turn(each.Kind)))
            Apply(body, kind, defaultNamespace, origin);
        IEnumerable<string> passedOver = unknown.Concat(tests).Select(
            static each => $"{each.Body.Text("kind")} {each.Body.Text("metadata", "name")} ({each.Origin})");
        return new ApplyResult(known.Length, [.. passedOver]);
    }

    /// <summary>True for a hook of <c>helm test</c>, which Helm runs only on request.</summary>
    private static bool IsTest(JsonObject body) => body.Text("metadata", "annotations", "helm.sh/hook") is { } hook
        && hook.Split(',', StringSplitOptions.TrimEntries).All(static each => each is "test" or "test-success" or "test-failure");

    /// <summary>Orders objects so that needed objects come first.</summary>
    private static int Turn(ResourceKind kind) => kind == KindTable.Namespace || kind == KindTable.CustomResourceDefinition ? 0
        : kind == KindTable.ServiceAccount || kind == KindTable.PriorityClass || kind == StoredKinds.RuntimeClass ? 1
        : kind == KindTable.ConfigMap || kind == KindTable.Secret ? 2
        : kind.IsCustom ? 4
        : 3;

    private static ResourceKind? KindOf(JsonObject body, KindSet kinds) => kinds.ByKind(body.Text("apiVersion"), body.Text("kind"));

    /// <summary>The served kinds, and those that definitions among these objects add.</summary>
    private KindSet KindsWith(IEnumerable<JsonObject> bodies)
    {
        KindSet kinds = new();
        kinds.Define(operations.Store.List(KindTable.CustomResourceDefinition).Select(static stored => stored.Body)
            .Concat(bodies.Where(static body => body.Text("kind") == KindTable.CustomResourceDefinition.Kind))
            .Select(CustomDefinitions.Read).OfType<CustomKind>());
        return kinds;
    }

    private static void RequireKind(JsonObject body, string origin)
    {
        foreach (string field in (string[])["apiVersion", "kind"])
        {
            if (string.IsNullOrEmpty(body.Text(field)))
                throw new LocalClusterException(
                    $"{origin}: a document has no {field}, so it is no Kubernetes manifest. Leave it out, or give it one.");
        }
    }

    private static LocalClusterException Unknown((JsonObject Body, string Origin)[] unknown, KindSet kinds)
    {
        IEnumerable<string> each = unknown.Select(
            static one => $"{one.Origin}: no matches for kind \"{one.Body.Text("kind")}\" in version \"{one.Body.Text("apiVersion")}\".");
        return new LocalClusterException($"{string.Join(" ", each.Distinct(StringComparer.Ordinal))} The local cluster has "
            + $"{string.Join(", ", kinds.All.Select(static kind => kind.Kind))}. Nothing was applied. To run the rest, pass unknown " +
                "kinds over (berth up --skip-unknown true).");
    }

    private static void Validate(JsonObject body, ResourceKind kind, string origin)
    {
        try
        {
            new FieldValidation(kind, "Strict", static _ => { }).OfObject((JsonObject)body.DeepClone());
        }
        catch (ApiException exception)
        {
            throw new LocalClusterException($"{origin}: {exception.Message}", exception);
        }
    }

    /// <summary>Writes JSON as Go does: keys sorted, and the characters of HTML escaped.</summary>
    private static string Canonical(JsonObject body)
    {
        string text = Encoding.UTF8.GetString(JsonWriting.Sorted(body).ToUtf8());
        string escaped = text
            .Replace("<", "\\u003c", StringComparison.Ordinal)
            .Replace(">", "\\u003e", StringComparison.Ordinal)
            .Replace("&", "\\u0026", StringComparison.Ordinal);
        return escaped + "\n";
    }

    private void Apply(JsonObject body, ResourceKind kind, string defaultNamespace, string origin)
    {
        string name = body.Text("metadata", "name") ?? throw new LocalClusterException($"{origin}: a {kind.Kind} has no metadata.name.");
        string? @namespace = kind.Namespaced ? body.Text("metadata", "namespace") ?? defaultNamespace : null;
        notEnforced.Look(kind, body);

        // The annotation that kubectl apply compares with later, in kubectl's own form.
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
                operations.Create(kind, @namespace, body, manager: Manager);
                return;
            }

            operations.Update(kind, @namespace, name, current =>
            {
                if (kind.IsCustom)
                    MergePatch.Apply(current, body);
                else
                    StrategicMergePatch.Apply(kind.Kind, current, body);
                return current;
            }, manager: Manager);
        }
        catch (ApiException exception)
        {
            throw new LocalClusterException($"{origin}: {exception.Message}", exception);
        }
    }
}
