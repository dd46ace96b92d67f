using System.Text.Json;

namespace Berth.Cli.Doctor;

/// <summary>The Roles that allow reading EndpointSlices of the namespace, and who is bound to them.</summary>
internal sealed class RoleChecks(DoctorTask task, ApiQuestions api)
{
    private const string Group = "/apis/rbac.authorization.k8s.io/v1";
    private const int MaxNamed = 3;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        string space = task.Target.Namespace;
        ApiAnswer roles = await api.GetAsync($"{Group}/namespaces/{space}/roles", cancellationToken).ConfigureAwait(false);
        ApiAnswer bindings = await api.GetAsync($"{Group}/namespaces/{space}/rolebindings", cancellationToken).ConfigureAwait(false);
        if (!roles.IsGood || !bindings.IsGood)
        {
            return CheckResult.Skipped(
                "role", "This account may not read Roles, so this check cannot name the Role that allows the list. Berth does not need "
                    + "to read Roles.");
        }

        // Few accounts may read these. Without them, a ClusterRole that is bound here is not named.
        ApiAnswer clusterRoles = await api.GetAsync($"{Group}/clusterroles", cancellationToken).ConfigureAwait(false);
        HashSet<string> allowing = new(StringComparer.Ordinal);
        allowing.UnionWith(
        [
            .. roles.Items.Where(Allows).Select(static role => "Role " + ApiAnswer.Text(role, "metadata", "name")),
            .. clusterRoles.Items.Where(Allows).Select(static role => "ClusterRole " + ApiAnswer.Text(role, "metadata", "name")),
        ]);
        string[] found =
        [
            .. from binding in bindings.Items
               let role = $"{ApiAnswer.Text(binding, "roleRef", "kind")} {ApiAnswer.Text(binding, "roleRef", "name")}"
               where allowing.Contains(role)
               select $"{role} ({string.Join(", ", ApiAnswer.Elements(binding, "subjects").Select(Describe))})",
        ];
        return found.Length == 0
            ? CheckResult.Skipped(
                "role", $"No RoleBinding of {space} allows list and watch of EndpointSlices; a ClusterRoleBinding may.")
            : CheckResult.Ok(
                "role", $"List and watch are allowed by {string.Join(" and ", found.Take(MaxNamed))}"
                    + $"{(found.Length > MaxNamed ? $" and {found.Length - MaxNamed} others" : "")}.");
    }

    private static bool Allows(JsonElement role) => ApiAnswer.Elements(role, "rules").Any(static rule =>
        Has(rule, "apiGroups", "discovery.k8s.io") && Has(rule, "resources", "endpointslices") && Has(rule, "verbs", "list")
        && Has(rule, "verbs", "watch"));

    private static bool Has(JsonElement rule, string field, string value) =>
        ApiAnswer.Texts(rule, field).Any(each => each == value || each == "*");

    private static string Describe(JsonElement subject) =>
        $"{ApiAnswer.Text(subject, "kind")} {ApiAnswer.Text(subject, "name")}";
}
