using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Access;

/// <summary>
/// Decides whether a user may do something. Without RBAC every known user may do everything. With RBAC a service account needs a rule of a
/// Role or ClusterRole.
/// </summary>
internal sealed class Authorizer(ObjectStore store, bool enforce)
{
    public void RequireUser(string user, string path)
    {
        if (user == Identities.Anonymous && path != "/version")
            throw new ApiException(403, "Forbidden", $"forbidden: User \"{user}\" cannot get path \"{path}\"", []);
    }

    public void Require(string user, RequestTarget target, string verb)
    {
        if (Allows(user, target, verb))
            return;
        string resource = target.Subresource is null ? target.Kind.Plural : $"{target.Kind.Plural}/{target.Subresource}";
        string where = target.Namespace is null ? "at the cluster scope" : $"in the namespace \"{target.Namespace}\"";
        string which = target.Name is null ? "" : $" \"{target.Name}\"";
        throw new ApiException(
            403,
            "Forbidden",
            $"{target.Kind.QualifiedName}{which} is forbidden: User \"{user}\" cannot {verb} resource \"{resource}\" "
            + $"in API group \"{target.Kind.Group}\" {where}",
            ApiException.Details(target.Kind, target.Name));
    }

    public bool Allows(string user, RequestTarget target, string verb) =>
        user == Identities.Administrator || (user != Identities.Anonymous && !enforce) || (enforce && HasRule(user, target, verb));

    /// <summary>The rules of a user in a namespace.</summary>
    public IEnumerable<JsonObject> RulesOf(string user, string? @namespace)
    {
        if (user == Identities.Administrator || (user != Identities.Anonymous && !enforce))
        {
            string[] all = ["*"];
            return [JsonWriting.Fields(
                ("verbs", JsonWriting.TextArray(all)),
                ("apiGroups", JsonWriting.TextArray(all)),
                ("resources", JsonWriting.TextArray(all)))];
        }

        return BindingsOf(user, @namespace).SelectMany(binding => RulesOf(binding));
    }

    private bool HasRule(string user, RequestTarget target, string verb)
    {
        return BindingsOf(user, target.Namespace).SelectMany(binding => RulesOf(binding)).Any(rule => Covers(rule, target, verb));
    }

    private IEnumerable<StoredObject> BindingsOf(string user, string? @namespace)
    {
        IEnumerable<StoredObject> bindings = store.List(KindTable.ClusterRoleBinding);
        if (@namespace is not null)
            bindings = bindings.Concat(store.List(KindTable.RoleBinding, @namespace));
        return bindings.Where(binding => binding.Body.Items("subjects").Any(subject => Names(subject, binding.Namespace, user)));
    }

    private static bool Names(JsonObject subject, string? @namespace, string user) => subject.Text("kind") switch
    {
        "ServiceAccount" => Identities.ServiceAccount(subject.Text("namespace") ?? @namespace ?? "", subject.Text("name") ?? "") == user,
        "User" => subject.Text("name") == user,
        _ when subject.Text("name") is { } group && group.StartsWith("system:serviceaccounts", StringComparison.Ordinal) =>
            user.StartsWith(group.Replace("accounts", "account", StringComparison.Ordinal) + ":", StringComparison.Ordinal),
        _ => subject.Text("name") is "system:authenticated" && user != Identities.Anonymous,
    };

    private IEnumerable<JsonObject> RulesOf(StoredObject binding)
    {
        bool cluster = binding.Body.Text("roleRef", "kind") == "ClusterRole";
        string name = binding.Body.Text("roleRef", "name") ?? "";
        StoredObject? role = cluster
            ? store.Find(KindTable.ClusterRole, null, name)
            : store.Find(KindTable.Role, binding.Namespace, name);
        return role?.Body.Items("rules") ?? [];
    }

    private static bool Covers(JsonObject rule, RequestTarget target, string verb)
    {
        string resource = target.Subresource is null ? target.Kind.Plural : $"{target.Kind.Plural}/{target.Subresource}";
        static bool Has(JsonObject rule, string field, string value) => rule.Texts(field).Any(item => item == "*" || item == value);
        bool named = !rule.Texts("resourceNames").Any()
            || (target.Name is { } name && rule.Texts("resourceNames").Contains(name, StringComparer.Ordinal));
        return Has(rule, "verbs", verb) && Has(rule, "apiGroups", target.Kind.Group) && Has(rule, "resources", resource) && named;
    }
}
