using System.Text.Json;
using Berth.Cli.Output;
using Berth.Kubernetes;

namespace Berth.Cli.Doctor;

/// <summary>
/// The account that the API server sees, and the rights that it says this account has. The checks of lists and watches try these rights.
/// </summary>
internal sealed class IdentityChecks(DoctorTask task, ApiQuestions api)
{
    private const string Identity = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    private const string Access = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private const string IdentityQuestion = """{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}""";

    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken)
    {
        ApiAnswer who = await api.AskAsync(Identity, IdentityQuestion, cancellationToken).ConfigureAwait(false);
        List<(string Verb, string Resource, ApiAnswer Answer)> rights = [];
        foreach ((string group, string resource, string? space) in Needed())
        {
            foreach (string verb in (string[])["list", "watch"])
            {
                ApiAnswer answer = await api.AskAsync(Access, Question(group, resource, space, verb), cancellationToken)
                    .ConfigureAwait(false);
                rights.Add((verb, space is null ? resource : $"{resource} of {space}", answer));
            }
        }

        return [Who(who), Rights(rights)];
    }

    private IEnumerable<(string Group, string Resource, string? Namespace)> Needed()
    {
        yield return ("discovery.k8s.io", "endpointslices", task.Target.Namespace);
        if (task.Cluster.Address != AddressMode.Internal)
            yield return ("", "nodes", null);
    }

    private static string Question(string group, string resource, string? space, string verb) => JsonText.Write(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("apiVersion", "authorization.k8s.io/v1");
            writer.WriteString("kind", "SelfSubjectAccessReview");
            writer.WriteStartObject("spec");
            writer.WriteStartObject("resourceAttributes");
            writer.WriteString("group", group);
            writer.WriteString("resource", resource);
            writer.WriteString("verb", verb);
            if (space is not null)
                writer.WriteString("namespace", space);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        },
        indented: false);

    private static CheckResult Who(ApiAnswer answer)
    {
        JsonElement user = answer.IsGood ? Member(Member(answer.Body, "status"), "userInfo") : default;
        if (ApiAnswer.Text(user, "username") is { } name)
        {
            string[] groups = ApiAnswer.Texts(user, "groups");
            return CheckResult.Ok(
                "identity", $"The API server sees {name}{(groups.Length > 0 ? $", of {string.Join(", ", groups)}" : "")}.");
        }

        return CheckResult.Skipped(
            "identity",
            answer.Status == 404
                ? "This API server does not say who asks; Kubernetes 1.28 and later do."
                : $"The API server does not say who asks: {answer.Fault?.TrimEnd('.') ?? "its answer has no name"}.");
    }

    private static CheckResult Rights(IReadOnlyList<(string Verb, string Resource, ApiAnswer Answer)> rights)
    {
        if (rights.FirstOrDefault(static right => !right.Answer.IsGood) is { Answer.Fault: { } fault })
            return CheckResult.Skipped("rights", $"The API server does not state the rights of this account: {fault.TrimEnd('.')}.");
        string[] missing = [.. rights.Where(static right => !IsAllowed(right.Answer)).Select(Describe)];
        return missing.Length == 0
            ? CheckResult.Ok("rights", $"This account may {string.Join(", ", rights.Select(Describe))}.")
            : CheckResult.Failed(
                "rights", $"This account may not {string.Join(", ", missing)}.",
                "Bind the account to a Role or ClusterRole with these verbs; deploy/base/service-a.yaml has the Role.");
    }

    private static string Describe((string Verb, string Resource, ApiAnswer Answer) right) => $"{right.Verb} {right.Resource}";

    private static bool IsAllowed(ApiAnswer answer) =>
        Member(Member(answer.Body, "status"), "allowed").ValueKind == JsonValueKind.True;

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member) ? member : default;
}
