using Berth.LocalCluster.Access;
using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Api;

/// <summary>Creates tokens of service accounts, for kubectl create token and for clients of TokenRequest.</summary>
internal sealed class ServiceAccountTokens(ObjectStore store, Identities identities, TimeProvider time)
{
    public const string Audience = "https://kubernetes.default.svc";

    private const long MinSeconds = 600;
    private const long MaxSeconds = 1L << 32;
    private const long Usual = 3600;

    private static readonly ResourceKind s_kind = new("authentication.k8s.io", "TokenRequest", "tokenrequests", true);

    public static bool Answers(string method, RequestTarget target) =>
        method == "POST" && target is { Name: not null, Subresource: "token" } && target.Kind == KindTable.ServiceAccount;

    /// <exception cref="ApiException">404 or 422.</exception>
    public JsonObject Answer(RequestTarget target, JsonObject request)
    {
        StoredObject account = store.Get(target.Kind, target.Namespace, target.Name!);
        long seconds = request.Number("spec", "expirationSeconds") ?? Usual;
        FieldFaults faults = new();
        if (seconds < MinSeconds)
            faults.Invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
        else if (seconds > MaxSeconds)
            faults.Invalid("spec.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds");
        if (faults.Count > 0)
            throw ApiException.Invalid(s_kind, request.Text("metadata", "name") ?? "", faults);
        DateTimeOffset until = time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        string token = identities.Issue(Identities.ServiceAccount(account.Namespace!, account.Name), until);
        JsonObject spec = (JsonObject?)request["spec"]?.DeepClone() ?? [];
        spec.Default("audiences", JsonWriting.TextArray(Audience));
        spec["expirationSeconds"] = seconds;
        if (!spec.ContainsKey("boundObjectRef"))
            spec["boundObjectRef"] = null;
        return JsonWriting.Fields(
            ("kind", "TokenRequest"),
            ("apiVersion", "authentication.k8s.io/v1"),
            ("metadata", new JsonObject
            {
                ["name"] = account.Name,
                ["namespace"] = account.Namespace,
                ["creationTimestamp"] = time.Timestamp(),
            }),
            ("spec", spec),
            ("status", new JsonObject { ["token"] = token, ["expirationTimestamp"] = JsonWriting.Timestamp(until) }));
    }
}
